"""What each code says and how to mend it: (zh message, zh mend, en message, en mend). Pure data."""

from lms.core.problem_texts_cases import CASE_TEXTS
from lms.core.problem_texts_pages import PAGE_TEXTS
from lms.core.problem_texts_quizzes import QUIZ_TEXTS

NOUNS: dict[str, tuple[str, str]] = {
    # parts of files
    "file": ("文件", "the file"),
    "front": ("文首信息", "the front matter"),
    "course": ("课程“{}”", 'course "{}"'),
    "lesson": ("课文“{}”", 'lesson "{}"'),
    "objective": ("目标“{}”", 'objective "{}"'),
    "source": ("第 {} 条出处", "source {}"),
    "bank": ("题库“{}”", 'bank "{}"'),
    "item": ("题目“{}”", 'item "{}"'),
    "check": ("随堂自测题“{}”", 'check "{}"'),
    "pair": ("配对行“{}”", 'line "{}"'),
    "gap": ("空“{}”", 'gap "{}"'),
    "set": ("题组“{}”", 'set "{}"'),
    "option": ("选项“{}”", 'option "{}"'),
    "quiz": ("测验“{}”", 'quiz "{}"'),
    "examination": ("考试“{}”", 'examination "{}"'),
    "blueprint": ("组卷方案", "the blueprint"),
    "draw": ("第 {} 条抽题", "draw {}"),
    "programme": ("认证项目“{}”", 'programme "{}"'),
    "rule": ("第 {} 条指派", "assignment rule {}"),
    "requirement": ("第 {} 项要求", "requirement {}"),
    "step": ("第 {} 个提醒步骤", "reminder step {}"),
    "case": ("案例“{}”", 'case "{}"'),
    "case_from": ("案例组“{}”", 'case pool "{}"'),
    "document": ("材料“{}”", 'document "{}"'),
    "criterion": ("评分项“{}”", 'criterion "{}"'),
    "variable": ("变量“{}”", 'variable "{}"'),
    "scene": ("场景“{}”", 'scene "{}"'),
    "choice": ("选择“{}”", 'choice "{}"'),
    "agreement": ("协议“{}”", 'agreement "{}"'),
    "handbook": ("手册章节“{}”", 'handbook section "{}"'),
    "media": ("图片“{}”", 'media file "{}"'),
    "policy": ("制度", "the policy"),
    "duty": ("职责“{}”", 'duty "{}"'),
    "year": ("年份“{}”", 'year "{}"'),
    "band": ("等级“{}”", 'band "{}"'),
    "component": ("评价项“{}”", 'component "{}"'),
    "glossary": ("术语表", "the glossary"),
    "term": ("术语“{}”", 'term "{}"'),
    "key": ("“{}”", '"{}"'),
    "entry": ("“{}”中的一项", 'an entry of "{}"'),
    # shapes
    "mapping": ("若干行“键: 值”", 'lines of "key: value"'),
    "list": ("一个列表，每项以“- ”开头", 'a list, each entry beginning with "- "'),
    "text": ("一段文字", "a text"),
    # ends of messages
    "meant": ("是不是想写“{}”？", 'Did you mean "{}"?'),
    "known": ("可用的有：{}。", "Known here: {}."),
    "nothing": ("请先建立它，或者删去这一处。", "Create it first, or remove this."),
}

TEXTS: dict[str, tuple[str, str, str, str]] = {
    # bytes
    "E001": (
        "文件有 {size} kB，超过上限 {limit} kB。", "请拆成几个文件，或者压缩图片。",
        "The file has {size} kB; the limit is {limit} kB.", "Split it, or make the picture smaller.",
    ),
    "E002": (
        "这里有读不出的字节（{byte}），文件不是 UTF-8 文本。", "请在编辑器里选择“另存为 UTF-8”。",
        "There is an unreadable byte here ({byte}): the file is not UTF-8 text.", "Save it as UTF-8.",
    ),
    "E003": (
        "文件以 UTF-16 保存。", "请在编辑器里选择“另存为 UTF-8”。",
        "The file is saved as UTF-16.", "Save it as UTF-8.",
    ),
    "E004": (
        "这里有看不见的控制字符（{character}）。", "请删去；如果这不是文本文件，请移走。",
        "There is an invisible control character here ({character}).",
        "Delete it; if this is no text file, move it.",
    ),
    "E005": (
        "文件开头有字节顺序标记（BOM）。", "请在编辑器里选择“UTF-8（无 BOM）”再保存。",
        "The file begins with a byte order mark (BOM).", 'Save it as "UTF-8 without BOM".',
    ),
    "E006": (
        "文件是空的。", "请写入内容，或者删去文件。",
        "The file is empty.", "Write its content, or delete it.",
    ),
    "E007": (
        "从这里起是 GB18030（GBK）编码，不是 UTF-8。", "请在编辑器里选择“另存为 UTF-8”。",
        "From here on the file is in GB18030 (GBK), not in UTF-8.", "Save it as UTF-8.",
    ),
    "E008": (
        "文件有 {lines} 行，几乎都是很短的行，无法读取。", "请检查是否误贴了内容。",
        "The file has {lines} lines, nearly all of them very short, and is not read.",
        "See whether something was pasted by mistake.",
    ),
    # what is caught before YAML
    "E010": (
        "行首有制表符（Tab）。", "请改用空格缩进，每级两格。",
        "The line is indented with a tab.", "Indent with spaces, two a level.",
    ),
    "E011": (
        "“{key}”后面是全角冒号。", "请改为半角冒号加一个空格：{key}: …",
        'After "{key}" stands a full-width colon.', "Write an ASCII colon and a space: {key}: …",
    ),
    "E012": (
        "这里用全角逗号“，”分隔。", "请改为半角逗号加一个空格“, ”；如果逗号属于文字，请把文字放进双引号。",
        "A full-width comma separates values here.",
        'Write ", " instead; if the comma belongs to a text, put the text in double quotes.',
    ),
    "E013": (
        "这里有全角括号“{sign}”。", "请改为半角括号“{right}”。",
        'There is a full-width bracket "{sign}" here.', 'Write "{right}" instead.',
    ),
    "E014": (
        "这里用中文引号括住一个值，引号会成为值的一部分。", "请改为半角双引号，或者不用引号。",
        "Curly quotation marks enclose a value here and would become part of it.",
        'Write straight ones ("…"), or none.',
    ),
    "E015": (
        "没有引号的文字里出现“ #”，后面的文字会被当作注释丢掉。",
        "请把整段文字放进双引号；如果确实是注释，请另起一行。",
        'In an unquoted text " #" begins a comment: the rest of the text would be lost.',
        "Put the text in double quotes; if it is a comment, give it a line of its own.",
    ),
    "E016": (
        "“{key}:”后面缺一个空格。", "请写成“{key}: …”。",
        'After "{key}:" a space is missing.', "Write {key}: …",
    ),
    "E017": (
        "没有引号的文字里出现半角冒号加空格，会被当作新的键。",
        "请把整段文字放进双引号，或者改用“>-”另起一行书写。",
        "In an unquoted text a colon followed by a space would begin a new key.",
        'Put the text in double quotes, or write ">-" and the text on the next line.',
    ),
    "E018": (
        "文字以“{sign}”开头，这个符号在这里有特殊含义。", "请把整段文字放进引号，或者改用“>-”另起一行书写。",
        'The text begins with "{sign}", which has a meaning of its own here.',
        'Put the text in quotes, or write ">-" and the text on the next line.',
    ),
    "E019": (
        "右引号或右括号之后还有文字。", "请用“>-”另起一行书写整段文字。",
        "There is more text after the closing quotation mark or bracket.",
        'Write ">-" and the whole text on the next line.',
    ),
    "E020": (
        "从这里开始的引号 {sign} 没有结束。", "请补上右引号。",
        "The quotation mark {sign} that opens here is never closed.", "Close it.",
    ),
    "E021": (
        "从这里开始的括号“{sign}”没有结束。", "请补上右括号。",
        'The bracket "{sign}" that opens here is never closed.', "Close it.",
    ),
    "E022": (
        "这一行的缩进与上下文不合。", "请与同级的行左对齐；下一级多缩进两格。",
        "This line is not indented like its neighbours.",
        "Align it with the lines of its level; indent the next level by two more spaces.",
    ),
    "E023": (
        "从这里起读不下去。", "请检查这一行和上一行的引号、括号、冒号和缩进。",
        "The file cannot be read from here on.",
        "Look at the quotation marks, brackets, colons and indents of this line and the one before.",
    ),
    "E024": (
        "这里用了锚点、别名或标签（& * !），内容文件不用它们。",
        "请把内容直接写出来；如果是文字，请放进双引号。",
        "An anchor, alias or tag (& * !) stands here; authored files have none.",
        "Write the content out; if it is a text, put it in double quotes.",
    ),
    "E025": (
        "嵌套超过 {limit} 层。", "请按格式说明减少层次。",
        "This is nested more than {limit} levels deep.", "Use fewer levels, as the format shows.",
    ),
    "E026": (
        "“{key}”重复，第 {line} 行已经有了。", "请删去一处，或者合并。",
        '"{key}" stands here a second time; the first is on line {line}.', "Remove one, or merge them.",
    ),
    "E027": (
        "一个文件里有两份文档。", "请删去中间的“---”，或者拆成两个文件。",
        "The file holds two documents.", 'Remove the "---" between them, or make two files.',
    ),
    "E028": (
        "这里的键不是一个词。", "请写成“键: 值”。",
        "The key here is not a word.", 'Write "key: value".',
    ),
    "E030": (
        "文件开头没有文首信息。", "请在第一行写“---”，接着写 id、title 等，再以一行“---”结束。",
        "The file has no front matter.",
        'Begin with a line "---", then id, title and so on, then another line "---".',
    ),
    "E031": (
        "文首信息没有结束。", "请在它后面补一行“---”。",
        "The front matter does not end.", 'Add a line "---" after it.',
    ),
    "E032": (
        "文首信息之后没有正文。", "请写正文。",
        "There is no text after the front matter.", "Write the text.",
    ),
    # folders
    "E040": (
        "这个文件夹里没有 content/。", "请给出包含 content/ 的文件夹。",
        "This folder holds no content/.", "Name the folder that holds content/.",
    ),
    "E041": (
        "这是符号链接或者特殊文件，不予读取。", "请换成普通文件。",
        "This is a symbolic link or a special file and is not read.", "Put an ordinary file in its place.",
    ),
    "E042": (
        "文件超过 {limit} 个。", "请检查是否放错了文件夹。",
        "There are more than {limit} files.", "See whether a wrong folder was put here.",
    ),
    "E043": (
        "文件打不开：{reason}。", "请检查文件的权限。",
        "The file cannot be opened: {reason}.", "Look at its permissions.",
    ),
    "E044": (
        "另一个文件夹里也有这个文件。", "请只留一份。",
        "Another of the folders holds this file too.", "Keep one of them.",
    ),
    # values
    "E100": (
        "{what} 应为{wanted}。", "请按这个样子改写。",
        "{what} should be {wanted}.", "Write it so.",
    ),
    "E101": (
        "{what} 缺少“{key}”。", "请补上 {key}: …",
        '{what} has no "{key}".', "Add {key}: …",
    ),
    "E102": (
        "{what} 中没有“{key}”这个键。", "{hint}",
        '{what} takes no key "{key}".', "{hint}",
    ),
    "E103": (
        "{what} 不能是“{value}”。", "{hint}",
        '{what} cannot be "{value}".', "{hint}",
    ),
    "E104": (
        "{what} 缺 {language} 文本。", '请补上 {language}: "…"。',
        "{what} has no {language} text.", 'Add {language}: "…".',
    ),
    "E105": (
        "{what} 是空的。", "请填写，或者删去这个键。",
        "{what} is empty.", "Fill it in, or remove the key.",
    ),
    "E106": (
        "{what} 应为整数，不能是“{value}”。", "请写数字，例如 3。",
        '{what} should be a whole number, not "{value}".', "Write digits, such as 3.",
    ),
    "E107": (
        "{what} 是 {value}，应在 {low} 到 {high} 之间。", "请改为范围内的数。",
        "{what} is {value}; it should be from {low} to {high}.", "Choose a number in this range.",
    ),
    "E108": (
        "{what} 应有中英两种文字。", "请写成两行：zh: … 和 en: …",
        "{what} should be in two languages.", "Write two lines: zh: … and en: …",
    ),
    "E109": (
        "“{value}”不是日期。", "请写成 2026-11-23 的样子。",
        '"{value}" is not a date.', "Write it as 2026-11-23.",
    ),
    "E110": (
        "{what} 应为大于 0%、不超过 100% 的百分数，不能是“{value}”。", "请写成 80% 的样子。",
        '{what} should be a percentage above 0% and up to 100%, not "{value}".', "Write it as 80%.",
    ),
    "E111": (
        "{what} 只能是 true 或 false，不能是“{value}”。", "请写 true（是）或 false（否）。",
        '{what} is true or false, not "{value}".', "Write true or false.",
    ),
    "E112": (
        "“{value}”不能用作编号。", "编号只用英文字母、数字、连字符和下划线，最多 80 个字符。",
        '"{value}" cannot be an id.', "An id has letters, digits, hyphens and underscores only, at most 80.",
    ),
    "E113": (
        "{what} 中“{value}”重复。", "请删去一个。",
        '"{value}" stands twice in {what}.', "Remove one.",
    ),
    "E114": (
        "{what} 超过 {limit} 个字符。", "请缩短。",
        "{what} has more than {limit} characters.", "Shorten it.",
    ),
    "E115": (
        "“{value}”不是这里可用的时长。", "请写成这样：{units}（h 小时，d 天，m 月）。",
        '"{value}" is not a duration that can stand here.', "Write {units} (h hours, d days, m months).",
    ),
    "E116": (
        "时长 {value} 应大于零。", "请写正整数；如果不需要，请删去这个键。",
        "The duration {value} should be above zero.", "Write a whole number above zero, or remove the key.",
    ),
    "E117": (
        "{what} 应为数字，不能是“{value}”。", "请写成 1、0.5 或 1/2 的样子。",
        '{what} should be a number, not "{value}".', "Write it as 1, 0.5 or 1/2.",
    ),
    "E118": (
        "复审截止日早于上次复审日。", "请改正 review_by 或 reviewed_on。",
        "The text is to be reviewed before the day of its last review.", "Correct review_by or reviewed_on.",
    ),
    **QUIZ_TEXTS,
    **CASE_TEXTS,
    **PAGE_TEXTS,
}  # fmt: skip
