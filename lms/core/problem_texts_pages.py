"""What the codes about Markdown, programmes and policies say. Pure data."""

PAGE_TEXTS: dict[str, tuple[str, str, str, str]] = {
    # two languages and Markdown
    "E401": (
        "缺少另一种语言的文件 {file}。", "请写这个文件。",
        "The file of the other language, {file}, is missing.", "Write it.",
    ),
    "E402": (
        "“{key}”与 {other} 不同。", "请使两种语言的文件一致。",
        '"{key}" differs from {other}.', "Make it the same in both languages.",
    ),
    "E403": (
        "这里的标题级别与中文文件第 {line} 行“{title}”不同。", "请改为 {sign}，或者改中文文件。",
        'The heading is of another level than "{title}" on line {line} of the Chinese file.',
        "Write {sign} here, or change the Chinese file.",
    ),
    "E404": (
        "标题级别太高；文章标题已经是一级标题。", "正文的标题从 {sign} 开始。",
        "The heading's level is too high; the title is the first-level heading.", "Begin with {sign}.",
    ),
    "E405": (
        "没有“{name}”这种提示框。", "{hint}",
        'There is no call-out "{name}".', "{hint}",
    ),
    "E406": (
        "提示框“{name}”没有标题，或者标题不在半角双引号里。", '请写成 !!! {name} "标题"。',
        'Call-out "{name}" has no title in straight quotation marks.', 'Write !!! {name} "Title".',
    ),
    "E407": (
        "正文里有 HTML：{tag}", "请用 Markdown 书写；如果要显示尖括号，请放进反引号。",
        "There is HTML in the text: {tag}", "Use Markdown; to show an angle bracket put it in backquotes.",
    ),
    "E408": (
        "图片只能来自 media/，不能是“{target}”。", "请把图片放进旁边的 media/，写成 ![说明](media/文件名)。",
        'Images come from media/ only, not from "{target}".',
        "Put the file into media/ beside the text and write ![what it shows](media/file).",
    ),
    "E409": (
        "链接“{target}”不是可用的形式。",
        "请写 handbook/章节、courses/课程/课文，或者以 https:// 开头的地址，前面不加斜线。",
        'The link "{target}" has no form that works here.',
        "Write handbook/section, courses/course/lesson or an https:// address, without a leading slash.",
    ),
    "E410": (
        "从这里起的一段太长或者太复杂（{sign}）。", "请用空行分段，减少符号和嵌套。",
        "From here on the text is too long or too intricate in one piece ({sign}).",
        "Break it with blank lines, with fewer signs and levels.",
    ),
    "E411": (
        "提示框“{name}”里没有内容。", "请把内容写在下一行，缩进 {spaces} 格。",
        'Call-out "{name}" has no content.', "Write it on the next line, indented by {spaces} spaces.",
    ),
    "E412": (
        "不接受这种图片或者文件名。", "可用的有：{known}；文件名只用英文字母、数字、点和连字符。",
        "This kind of media file, or its name, is not taken.",
        "Kinds: {known}; names have letters, digits, dots and hyphens.",
    ),
    "E413": (
        "图片里有脚本、外部引用或者其他活动内容：{what}", "请在绘图软件里导出为纯图形的 SVG。",
        "The drawing holds a script, an outside reference or other active content: {what}",
        "Export it as a plain SVG.",
    ),
    "E414": (
        "提示框的感叹号是全角的。", "请改为三个半角感叹号“!!!”。",
        "The call-out begins with full-width exclamation marks.", "Write !!! instead.",
    ),
    "E415": (
        "链接用了全角括号。", "请写成 [文字](地址)，括号用半角。",
        "The link is written with full-width brackets.", "Write [text](address) with ASCII brackets.",
    ),
    "E416": (
        "图片“{target}”没有文字说明。", "请在方括号里写图片的内容。",
        'Image "{target}" has no description.', "Say between the brackets what it shows.",
    ),
    "E417": (
        "链接没有文字。", "请在方括号里写文字。",
        "The link has no text.", "Write one between the brackets.",
    ),
    "E418": (
        "标题是空的。", "请写标题。",
        "The heading is empty.", "Write it.",
    ),
    "E419": (
        "文件内容与名称不符，应为 {wanted}。", "请重新导出图片。",
        "The file is not what its name says ({wanted}).", "Export the picture again.",
    ),
    "E420": (
        "标题“{title}”在 {other} 里没有对应的标题。", "请使两种语言的标题一一对应。",
        'The heading "{title}" has no counterpart in {other}.', "Give both languages the same headings.",
    ),
    "W401": (
        "复审截止日 {day} 已过。", "请复审，再更新 reviewed_on 和 review_by。",
        "The text was to be reviewed by {day}.", "Review it, then set reviewed_on and review_by anew.",
    ),
    "W402": (
        "这里的数字 {numbers} 在 {language} 文本里没有。", "请核对两种语言的数字。",
        "The numbers {numbers} are not in the {language} text.", "Compare the two languages.",
    ),
    "W404": (
        "标题跳了一级。", "请改为 {sign}。",
        "The heading skips a level.", "Write {sign}.",
    ),
    # programmes
    "E502": (
        "window 加 grace 共 {days} 天，应少于周期的 {limit} 天。", "请缩短其一。",
        "window and grace together have {days} days; they must stay under the {limit} of the period.",
        "Shorten one of them.",
    ),
    "E503": (
        "look_back 有 {days} 天，应少于周期的 {limit} 天。", "请缩短。",
        "look_back has {days} days; it must stay under the {limit} of the period.", "Shorten it.",
    ),
    "E504": (
        "window（{window}）应短于 minimum_active（{active}）。", "请缩短 window，或者延长 minimum_active。",
        "window ({window}) must be shorter than minimum_active ({active}).",
        "Shorten window, or lengthen minimum_active.",
    ),
    "E505": (
        "minimum_active 加 grace 共 {days} 天，应少于两个固定日期之间最短的 {limit} 天。", "请缩短其一。",
        "minimum_active and grace have {days} days; the shortest gap of the grid has {limit}.",
        "Shorten one of them.",
    ),
    "E506": (
        "固定日期不能是 02-29。", "请改为 02-28 或 03-01。",
        "The grid cannot hold 02-29.", "Write 02-28 or 03-01.",
    ),
    "E507": (
        "有周期的项目，{key} 里至少要有一项有日期的要求。", "请加入课程、测验、考试或案例。",
        "In a programme with a period {key} needs a requirement that is met on a day.",
        "Add a course, quiz, examination or case.",
    ),
    "E508": (
        "没有 period 的项目不会到期，“{key}”没有意义。", "请删去 {key}，或者补上 period: 12m。",
        'Without a period the programme never expires, and "{key}" has no meaning.',
        "Remove {key}, or add period: 12m.",
    ),
    "E509": (
        "一条指派规则应恰好有一个条件：{known}。", "请拆成几条。",
        "An assignment rule has exactly one of {known}.", "Write one rule for each.",
    ),
    "E510": (
        "all 只能是 true。", "请写 all: true，或者删去这条规则。",
        "all can only be true.", "Write all: true, or remove the rule.",
    ),
    "E511": (
        "一项要求应恰好写一种内容。", "{hint}",
        "A requirement names exactly one thing.", "{hint}",
    ),
    "E512": (
        "“{value}”不是月日。", '请写成 "12-31" 的样子。',
        '"{value}" is not a month and day.', 'Write it as "12-31".',
    ),
    "E513": (
        "“{key}”只用于 renewal: fixed。", "请删去，或者改为 renewal: fixed。",
        '"{key}" is for renewal: fixed only.', "Remove it, or write renewal: fixed.",
    ),
    "E514": (
        "认证项目互相要求，成了一个圈：{circle}。", "请去掉其中一项。",
        "The programmes require each other in a circle: {circle}.", "Take one of them out.",
    ),
    "E515": (
        "{key} 里有两项相同的要求。", "请删去一项。",
        "{key} names the same requirement twice.", "Remove one.",
    ),
    "E516": (
        "{key} 里的步骤没有按日子先后排列：{value} 的日子早于它前面的一步。", "请按到来的先后写，如 {order}。",
        "The steps of {key} are not in order: {value} comes before the one written ahead of it.",
        "Write them as they fall due, such as {order}.",
    ),
    "E517": (
        "{key} 里有两步在同一天（{value}）写给同一个人。", "请合并成一步，或者删去一步。",
        "Two steps of {key} write to the same reader on the same day ({value}).",
        "Make one of them, or remove one.",
    ),
    "E518": (
        "{key} 里的 {value} 永远轮不到，它超出了 {limit}。", "请改小这一步，或者改大 {limit}。",
        "The step {value} of {key} can never come: it lies outside {limit}.",
        "Make the step shorter, or {limit} longer.",
    ),
    "E519": (
        "{key} 是写给主管的，这一步（{value}）却写给本人。",
        "请把 person 从 to 里删去，或者把这一步移到 after_due 或 in_grace。",
        "{key} is for those above a person, but this step ({value}) writes to the person.",
        "Remove person from to, or move the step to after_due or in_grace.",
    ),
    # policies
    "E601": (
        "“{year}”不是年份。", '请写成 "2026": 的样子。',
        '"{year}" is not a year.', 'Write it as "2026":.',
    ),
    "E602": (
        "{day} 不在 {year} 年。", "请移到它的年份下。",
        "{day} is not in {year}.", "Move it to its year.",
    ),
    "E603": (
        "{day} 既是假日又是调休上班日。", "请删去一处。",
        "{day} is both a holiday and a working day.", "Remove one.",
    ),
    "E604": (
        "等级应从高到低排列，最低一级从 0 开始。", "请调整分数，例如 A: 90, B: 75, C: 60, D: 0。",
        "Bands go from high to low, and the lowest begins at 0.",
        "Write for example A: 90, B: 75, C: 60, D: 0.",
    ),
    "E605": (
        "状态“{state}”的计入比例不能超过 1。", "请写 0 到 1 之间的数。",
        'State "{state}" cannot count for more than 1.', "Write a number from 0 to 1.",
    ),
    "E606": (
        "这些状态没有写计入比例：{states}。", "请逐一写出。",
        "These states have no credit: {states}.", "Write one for each.",
    ),
    "E607": (
        "满分对应的分数应高于合格线对应的分数。", "请改为例如 cut_score: 60, full_marks: 100。",
        "Full marks must be worth more than the cut score.",
        "Write for example cut_score: 60, full_marks: 100.",
    ),
    "E608": (
        "职责“{duty}”没有任何条件。", "请写 programmes 或 agreements。",
        'Duty "{duty}" asks for nothing.', "Name programmes or agreements.",
    ),
    "E609": (
        "职责“{duty}”自相矛盾：状态 {state} 可以上岗，更好的 {better} 却不可以。",
        "请在 states 里补上 {better}，或者删去 {state}。",
        'Duty "{duty}" contradicts itself: {state} suffices, but {better}, which is better, does not.',
        "Add {better} to states, or remove {state}.",
    ),
    "W601": (
        "{day} 本来就是工作日。", "调休上班日只写周末。",
        "{day} is a working day anyway.", "List only weekend days that are worked.",
    ),
}  # fmt: skip
