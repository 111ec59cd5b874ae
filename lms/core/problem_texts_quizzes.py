"""What the codes about items, blueprints, references and ids say. Pure data."""

QUIZ_TEXTS: dict[str, tuple[str, str, str, str]] = {
    # items and blueprints
    "E201": (
        "{what} 没有正确选项。", "请在正确的选项下写 right: true。",
        "{what} has no right option.", "Write right: true under the right one.",
    ),
    "E202": (
        "{what} 是单选题，却有几个正确选项：{options}。", "请只留一个 right: true，或者改为 type: multiple。",
        "{what} takes one answer but has several right options: {options}.",
        "Keep one right: true, or write type: multiple.",
    ),
    "E203": (
        "按 cn-half 计分的题有 {count} 个正确选项，最多 {limit} 个。", "请减少正确选项，或者换一种计分方式。",
        "A cn-half item has {count} right options; at most {limit} are possible.",
        "Have fewer right options, or choose another scoring.",
    ),
    "E204": (
        "{what} 的选项全部正确，全选就能得分。", "请至少写一个错误选项。",
        "All options of {what} are right: choosing all would earn the mark.",
        "Write at least one wrong option.",
    ),
    "E205": (
        "{what} 的选项不足两个。", "请再写几个选项。",
        "{what} has fewer than two options.", "Write more options.",
    ),
    "E206": (
        "这种题型不能按 {scheme} 计分。", "请删去 scoring，或者写其中之一：{known}。",
        "Items of this type are not scored by {scheme}.", "Remove scoring, or write one of: {known}.",
    ),
    "E207": (
        "判断题不写选项。", "请删去 options，答案写在 answer: true 或 answer: false。",
        "A true-or-false item has no options.", "Remove options; the key is answer: true or answer: false.",
    ),
    "E208": (
        "要抽 {take} 题，可用的只有 {count} 题，扣除其他抽题所需后只够 {filled} 题。",
        "请增加题目，或者减少 take。",
        "This draw takes {take} but has {count} candidates, enough for {filled} beside the other draws.",
        "Write more items, or take fewer.",
    ),
    "E209": (
        "wait 写了 {count} 个等待时间，而作答次数是 {attempts}。", "每次作答前至多一个等待时间。",
        "wait lists {count} waits for {attempts} attempts.", "Write at most one wait before each attempt.",
    ),
    "E210": (
        "还有作答机会时不能给出答案（共 {attempts} 次）。", "请把 after_submit 改为 score_and_topics。",
        "Keys cannot be shown while an attempt is still possible (there are {attempts}).",
        "Write after_submit: score_and_topics.",
    ),
    "E211": (
        "选项应以 a、b、c 为键。", "请把“- ”改为“a:”“b:”等。",
        "Options are keyed a, b, c.", 'Write "a:", "b:" and so on instead of "- ".',
    ),
    "E212": (
        "各选项权重之和大于零，全选就能得分。", "请把错误选项的负权重加大。",
        "The weights add up to more than zero: choosing all would earn marks.",
        "Make the weights of the wrong options more negative.",
    ),
    "E213": (
        "正权重之和应为 1，并且只能给正确选项。", "请调整 weight，例如三个正确选项各 1/3。",
        "Positive weights must add up to 1 and belong to right options.",
        "Change the weights: three right options take 1/3 each.",
    ),
    "E214": (
        "选项“{one}”和“{other}”的 {language} 文字相同。", "请改写其中一个。",
        'Options "{one}" and "{other}" have the same {language} text.', "Reword one of them.",
    ),
    "E215": (
        "{what} 不足两行配对。", "请在 pairs 下再写几行。",
        "{what} has fewer than two lines to match.", "Write more under pairs.",
    ),
    "E216": (
        "{what} 的每一行都配“{option}”，不看题也能得分。", "请让各行的 to 至少有两种。",
        'Every line of {what} belongs to "{option}": no thought is needed.',
        "Let the lines belong to two options or more.",
    ),
    "E217": (
        "units 要有两个以上的单位，并包含 unit。", "可用的单位有：{known}。",
        "units needs two units or more, with unit among them.", "Known here: {known}.",
    ),
    "E218": (
        "{what} 填 0 也算对。", "请缩小 tolerance，或者换一个答案。",
        "{what} takes 0 for an answer.", "Narrow the tolerance, or ask for another figure.",
    ),
    "E219": (
        "{what} 应为一个数，这里是“{value}”。", "请写 1250、1250.5 或 5/6，单位写在 unit。",
        '{what} takes a figure, not "{value}".', "Write 1250, 1250.5 or 5/6; the unit goes to unit.",
    ),
    "E220": (
        "tolerance 读不懂：“{value}”。", "请写 0.5（与答案同单位）、2% 或 3 figures（有效数字）。",
        'The tolerance "{value}" cannot be read.',
        "Write 0.5 (in the answer's unit), 2% or 3 figures (significant ones).",
    ),
    "E221": (
        "“{value}”不能作答案：没有可比较的文字，或者太长。", "请写出要填的词，不超过 100 个字。",
        '"{value}" cannot be an answer: nothing to compare, or too long.',
        "Write the words to be typed, 100 characters at most.",
    ),
    "E222": (
        "{language} 文字里的空与 gaps 不一致：{gaps}。", "每个空在每种语言里写一次，如 {{a}}，并在 gaps 下写它的答案。",
        "The gaps of the {language} text are not those under gaps: {gaps}.",
        "Write each once in each language, such as {{a}}, and its answers under gaps.",
    ),
    "E223": (
        "{what} 的每个空都可以填同一个答案。", "请改写，使各空的答案不同。",
        "One and the same answer fits every gap of {what}.", "Reword it so that the gaps differ.",
    ),
    "E224": (
        "{what} 的 box 应为四个整数：左、上、宽、高，以图片的百分比计，不超出图片。", "请写 box: [10, 20, 30, 15]。",
        "{what} needs a box of four whole numbers within the picture: left, top, width, height in per cent.",
        "Write box: [10, 20, 30, 15].",
    ),
    "E226": (
        "图片应放在本课程的 media 文件夹。", "请写 image: media/文件名。",
        "The picture lies in the course's media folder.", "Write image: media/<file>.",
    ),
    "E227": (
        "题组“{set}”不足两题。", "请在题目里写 set: {set}，或者删去这个题组。",
        'The set "{set}" has fewer than two items.', "Write set: {set} in its items, or remove the set.",
    ),
    "E228": (
        "{what}：空着、全选或处处填同一个答案也能得分。", "请改答案或计分方式。",
        "{what} pays for a blank, for ticking everything or for the same answer throughout.",
        "Change the key or the scoring.",
    ),
    "E229": (
        "量表题的权重：正确的一级为 1，其他各级为 0 到 1 之间。", "请调整 weight，例如相邻一级写 1/2。",
        "A scale weighs 1 on the right step and from 0 to less than 1 on the others.",
        "Change the weights: a neighbour may take 1/2.",
    ),
    "E230": (
        "题组各有 {sizes} 题，抽 {take} 题凑不成整组。", "请让题组的题数相同，take 写它的倍数。",
        "The sets have {sizes} items: {take} items are not whole sets.",
        "Make the sets of one size, and take a multiple of it.",
    ),
    "E231": (
        "抽题组时不能再限定目标或难度。", "请删去 objective 和 difficulty。",
        "A draw of sets has neither objective nor difficulty.", "Remove objective and difficulty.",
    ),
    "W201": (
        "{share}% 的单选题正确选项最长（{language}），不学也能猜：{items}。", "请让各选项长短相近。",
        "In {share}% of the single-choice items the key is the longest option ({language}): {items}.",
        "Make the options of like length.",
    ),
    "W202": (
        "{share}% 的答案是“{option}”。", "请把正确答案分散开。",
        '{share}% of the keys are "{option}".', "Spread the keys.",
    ),
    "W203": (
        "题干与第 {line} 行{other}几乎一样。", "请改写，或者删去一题。",
        "The stem is nearly that of {other} on line {line}.", "Reword it, or drop one.",
    ),
    "W204": (
        "{what} 写了“{said}”。", "请写出具体内容。",
        '{what} says "{said}".', "Say what is meant.",
    ),
    "W205": (
        "这题有 {count} 个选项，通常是 {low} 到 {high} 个。", "请增减选项。",
        "The item has {count} options; {low} to {high} are usual.", "Add or remove options.",
    ),
    "W206": (
        "{what} 没有任何解析。", "请写 because，说明为什么。",
        "{what} gives no feedback at all.", "Write because: why the key is right.",
    ),
    "W207": (
        "{what} 是多选题，却只有一个正确选项。", "请改为 type: single，或者再写一个正确选项。",
        "{what} is of type multiple but has one right option.",
        "Write type: single, or another right option.",
    ),
    "W208": (
        "课文“{lesson}”没有一道计分题指向它。", "请在相关题目里写 see: courses/…/{lesson}。",
        'No graded item refers to lesson "{lesson}".', "Write see: courses/…/{lesson} in the items about it.",
    ),
    "W209": (
        "目标“{objective}”没有计分题。", "请为它写题。",
        'No graded item tests objective "{objective}".', "Write items for it.",
    ),
    "W210": (
        "没有课文用到自测题“{item}”。", "请把它写进某篇课文的 checks。",
        'No lesson uses check "{item}".', "Name it in the checks of a lesson.",
    ),
    "W211": (
        "{take} 个题位只有 {count} 道备选题，不同的人容易抽到同样的题。", "最好有 {wanted} 道以上。",
        "{take} places have {count} candidates: papers will be much alike.", "Better have {wanted} or more.",
    ),
    "W212": (
        "答案“{other}”与“{one}”规范化以后相同。", "请删去一个；全半角、大小写、标点和空格本来就不计较。",
        'The answers "{other}" and "{one}" are the same once normalised.',
        "Remove one; width, case, punctuation and spaces make no difference anyway.",
    ),
    # references and ids
    "E301": (
        "{what} 不存在。", "{hint}",
        "There is no {what}.", "{hint}",
    ),
    "E302": (
        "{what} 已经在 {file} 第 {line} 行用过。", "请换一个编号。",
        "{what} is already used at {file} line {line}.", "Choose another id.",
    ),
    "E303": (
        "已发布的 {what} 不见了。", "请恢复它，不再使用的写 retired: true。",
        "{what} was published and is gone.", "Restore it, with retired: true if it is no longer used.",
    ),
    "E304": (
        "已发布的 {what} 变成了 {now}。", "请恢复原来的，新的用新编号。",
        "{what} was published and has become {now}.", "Restore the old one and give the new one a new id.",
    ),
    "E305": (
        "{what} 已经停用，编号不再使用。", "请恢复 retired: true，新的用新编号。",
        "{what} was retired; its id is not used again.", "Write retired: true again, and take a new id.",
    ),
    "E306": (
        "编号“{id}”与文件或文件夹的名称“{name}”不一致。", "请使两者相同。",
        'The id "{id}" differs from the name "{name}" of the file or folder.', "Make them the same.",
    ),
    "E307": (
        "课程文件夹里的 quiz.yml 应以 quiz: 开头。", "请写 quiz: …，考试放进 content/examinations/。",
        "A quiz.yml in a course begins with quiz:.",
        "Write quiz: …; examinations go to content/examinations/.",
    ),
    "E308": (
        "两种语言的文件序号不同：{number} 和 {other}。", "请改用同一个序号。",
        "The files of the two languages are numbered {number} and {other}.", "Give them one number.",
    ),
    "E309": (
        "ids.lock 里有读不懂的一行：{text}", "请恢复上一次发布时的文件。",
        "ids.lock has a line that cannot be read: {text}", "Restore the file as it was last published.",
    ),
    "E310": (
        "文件夹“{folder}”里没有 course.yml。", "请补上，或者把课文移到它的课程里。",
        'The folder "{folder}" has no course.yml.', "Write one, or move the lesson to its course.",
    ),
    "E311": (
        "题目“{item}”不是自测题。", "请换成写有 use: check 的题。",
        'Item "{item}" is not a check.', "Name one with use: check.",
    ),
    "W301": (
        "这个文件没有被读取，名称不符合任何一种内容文件。",
        "请按格式改名，例如 01-need-to-know.zh.md、bank.yml；无关的文件请移走。",
        "This file is not read: its name is that of no authored file.",
        "Rename it as the format says (01-need-to-know.zh.md, bank.yml), or move it away.",
    ),
    "W302": (
        "没有文字用到这个图片。", "请在文字里引用，或者删去。",
        "No text shows this media file.", "Show it, or delete it.",
    ),
    "W303": (
        "课文“{lesson}”有文件，但没有列在 lessons 里，学员看不到。", "请把它列入 lessons，或者删去文件。",
        'Lesson "{lesson}" has files but is not listed: learners will not see it.',
        "List it under lessons, or delete its files.",
    ),
    "W304": (
        "课文的顺序与文件序号不同，按序号是：{order}。", "请改 lessons 的顺序，或者改文件序号。",
        "The lessons are not in the order of their files' numbers: {order}.",
        "Reorder them, or renumber the files.",
    ),
}  # fmt: skip
