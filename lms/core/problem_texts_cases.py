"""What the codes about cases say. Pure data."""

CASE_TEXTS: dict[str, tuple[str, str, str, str]] = {
    "E701": (
        "案例里没有名为“{scene}”的场景。{hint}", "请改名，或者补上这个场景。",
        'This case has no scene "{scene}". {hint}', "Mend the name, or write the scene.",
    ),
    "E702": (
        "场景“{scene}”里没有名为“{choice}”的选择。{hint}", "请改名，或者补上这个选择。",
        'Scene "{scene}" has no choice "{choice}". {hint}', "Mend the name, or write the choice.",
    ),
    "E703": (
        "没有名为“{name}”的变量。{hint}", "请在 vars 里定义，或者改名。",
        'There is no variable "{name}". {hint}', "Define it under vars, or mend the name.",
    ),
    "E704": (
        "没有名为“{name}”的评分项。{hint}", "请在 criteria 里定义，或者改名。",
        'There is no criterion "{name}". {hint}', "Define it under criteria, or mend the name.",
    ),
    "E705": (
        "“{value}”不是整数。", "请写整数，例如 2 或 -1。",
        '"{value}" is no whole number.', "Write a whole number such as 2 or -1.",
    ),
    "E706": (
        "“{value}”不是范围。", "请写成例如 0..5，小的在前。",
        '"{value}" is no range.', "Write for example 0..5, the smaller number first.",
    ),
    "E707": (
        "{value} 超出了 {low} 到 {high} 的范围。", "请写范围之内的值。",
        "{value} is outside {low} to {high}.", "Write a value within the range.",
    ),
    "E708": (
        "{what} 既不是结局，也没有两个以上的选择。", "请至少写两个选择，或者写 ending: pass、ending: fail。",
        "{what} is no ending and has fewer than two choices.",
        "Write at least two choices, or ending: pass or fail.",
    ),
    "E709": (
        "{what} 是结局，却还有选择或计时。", "请删去 choices 和 clock，或者删去 ending。",
        "{what} is an ending but has choices or a clock.", "Remove choices and clock, or remove ending.",
    ),
    "E710": (
        "没有一条路能走到场景“{scene}”。", "请让某个选择通向它，或者删去。",
        'No route reaches scene "{scene}".', "Let a choice lead to it, or remove it.",
    ),
    "E711": (
        "这样走到“{scene}”就没有任何选择可做：{way}。", "请让至少一个选择在这种情形下可选。",
        'By this route scene "{scene}" has no choice that can be taken: {way}.',
        "Let at least one choice be possible there.",
    ),
    "E712": (
        "选择“{choice}”在任何情形下都不可选。", "请放宽它的 when，或者删去这个选择。",
        'Choice "{choice}" can never be taken.', "Widen its when, or remove it.",
    ),
    "E713": (
        "从“{scene}”起再也走不到任何结局：{way}。", "请加一条通向结局的路。",
        'From scene "{scene}" no ending can be reached any more: {way}.', "Add a way out to an ending.",
    ),
    "E714": (
        "从开头没有一条路能走到通过的结局。", "请检查 ending: pass 的场景和 critical 的选择。",
        "No route from the start reaches a passing ending.",
        "Look at the scenes with ending: pass and at critical choices.",
    ),
    "E715": (
        "选了“{choice}”就再也不可能通过，却没有写明：{way}。",
        "请写 critical: true；如果本意就是让后果慢慢显出来，写 acknowledged: true。",
        'After "{choice}" no pass can be reached any more, and nothing says so: {way}.',
        "Write critical: true, or acknowledged: true where this is meant.",
    ),
    "E716": (
        "兜一圈就能改变“{criterion}”的得分：先走 {way}，再反复走 {round}。",
        "请让这一圈的得分合计为零，或者不让人走回来。",
        'Going round changes the points of "{criterion}": {way}, then again and again {round}.',
        "Let the round add up to zero, or do not lead back.",
    ),
    "E717": (
        "失败的路最高可得 {failing}，高过通过的路（{passing}）：{way}。", "请降低这条路上的得分。",
        "A failing route earns {failing}, more than any passing one ({passing}): {way}.",
        "Lower what is earned on it.",
    ),
    "E718": (
        "示范路线的第 {number} 步“{choice}”在场景“{scene}”里不可选。", "请改成那里可选的选择。",
        'Step {number} of the expert\'s path, "{choice}", cannot be taken in scene "{scene}".',
        "Name a choice that can be taken there.",
    ),
    "E719": (
        "案例的状态超过 {limit} 个，无法逐一检查，主要是变量“{variable}”造成的。", "请缩小它的范围，或者删去它。",
        'The case has more than {limit} states, most of them because of variable "{variable}".',
        "Narrow its range, or remove it.",
    ),
    "E720": (
        "评分项“{criterion}”怎么走都是 {points} 分，什么也衡量不了。", "请在选择的 rubric 里给它分，或者删去它。",
        'Criterion "{criterion}" is worth {points} on every route: it measures nothing.',
        "Give choices points for it, or remove it.",
    ),
    "E721": (
        "计时结束时的选择“{choice}”并非总能选：{way}。", "请删去它的 when，或者换一个总能选的选择。",
        'The clock\'s choice "{choice}" cannot always be taken: {way}.',
        "Remove its when, or name a choice that is always possible.",
    ),
    "E722": (
        "示范路线停在场景“{scene}”，没有走到结局。", "请补全 expert。",
        'The expert\'s path stops in scene "{scene}", before an ending.', "Complete it.",
    ),
    "E723": (
        "示范路线没有通过：结局是 {ending}，得分 {score}，合格线 {cut}。", "请修改路线、得分或合格线。",
        "The expert's path does not pass: ending {ending}, score {score}, cut score {cut}.",
        "Mend the path, the points or the cut score.",
    ),
    "E724": (
        "案例组“{pool}”有 {count} 个案例，要求的却是 {wanted} 个。", "请增加案例，或者减小 not_seen。",
        'Pool "{pool}" has {count} cases; {wanted} are asked for.', "Add cases, or lower not_seen.",
    ),
    "W701": (
        "没有场景用到这份材料。", "请在场景的 documents 里引用，或者删去。",
        "No scene shows this document.", "Name it under a scene's documents, or delete it.",
    ),
}  # fmt: skip
