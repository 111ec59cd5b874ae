"""A small tree of authored files without a problem, which tests then spoil."""

from textwrap import dedent, indent

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
COURSE = "content/courses/secrecy/course.yml"
BANK = "content/courses/secrecy/bank.yml"
QUIZ = "content/courses/secrecy/quiz.yml"
ZH = "content/courses/secrecy/01-classes.zh.md"
EN = "content/courses/secrecy/01-classes.en.md"
PROGRAMME = "content/programmes/yearly.yml"
JOINING = "content/programmes/joining.yml"
EXAM = "content/examinations/final.yml"
AGREEMENT = "content/agreements/promise.zh.md"
HANDBOOK = "content/handbook/asking.zh.md"
EVALUATION = "content/policies/evaluation.yml"
CLEARANCES = "content/policies/clearances.yml"
CALENDAR = "content/policies/calendar.yml"
GLOSSARY = "content/glossary.yml"
LOCK = "content/ids.lock"
PICTURE = "content/courses/secrecy/media/desk.svg"


def text(block: str) -> str:
    """Return an indented block without its indent."""
    return dedent(block).lstrip("\n")


def single(number: int, right: str, topic: str) -> str:
    """Return a single-choice item."""
    options = "".join(
        f"      {name}:\n        zh: {topic}第{name}种做法\n        en: Way {name} of {topic}\n"
        + ("        right: true\n" if name == right else "")
        for name in "abcd"
    )
    return (
        f"  - id: SEC-{number:04}\n    type: single\n    objective: SEC-1\n    difficulty: {1 + number % 3}\n"
        f"    stem:\n      zh: 关于{topic}应当怎么做\n      en: What is right about {topic}\n"
        f"    options:\n{options}"
        f"    because:\n      zh: 规定如此\n      en: The rule says so\n"
        f"    see: courses/secrecy/classes\n"
    )


TOPICS = [
    "paper",
    "telephone",
    "lift",
    "camera",
    "visitor",
    "archive",
    "printer",
    "messenger",
    "keys",
    "home",
]

OTHERS = text("""
      - id: SEC-0011
        type: truefalse
        objective: SEC-2
        difficulty: 1
        answer: false
        stem:
          zh: 客户名单可以带回家
          en: A list of clients may be taken home
        because:
          zh: 不可以
          en: It may not
        see: handbook/asking
      - id: SEC-0012
        type: multiple
        scoring: cn-half
        objective: SEC-2
        difficulty: 2
        stem:
          zh: 哪些人可以看
          en: Who may see it
        options:
          a: {zh: 经办人, en: The person in charge, right: true}
          b: {zh: 审批人, en: The approver, right: true}
          c: {zh: 朋友, en: A friend}
          d: {zh: 亲戚, en: A relative}
        because:
          zh: 工作必需
          en: Need to know
        see: courses/secrecy/classes
      - id: SEC-C01
        use: check
        type: truefalse
        answer: true
        stem:
          zh: 纸张要锁好
          en: Papers are locked away
        because:
          zh: 对
          en: Right
    """)


def bank() -> str:
    """Return the bank."""
    singles = "".join(single(n, "abcd"[n % 4], topic) for n, topic in enumerate(TOPICS, 1))
    return f"bank: secrecy\nitems:\n{singles}{indent(OTHERS, '  ')}"


def lesson(title: str, heading: str, body: str) -> str:
    """Return one language of the lesson."""
    return text(f"""
        ---
        id: classes
        title: {title}
        minutes: 5
        objectives: [SEC-1, SEC-2]
        checks: [SEC-C01]
        reviewed_on: 2026-11-23
        review_by: 2027-11-23
        sources:
          - {{name: {title}, issuer: X, year: 1995, checked_on: 2026-11-23}}
        ---
        ## {heading}

        {body}

        ![{heading}](media/desk.svg)

        !!! rule "{heading}"
            [{heading}](handbook/asking)
        """)


def page(name: str, title: str, extra: str) -> str:
    """Return one language of an agreement or a handbook section."""
    front = f"id: {name}\ntitle: {title}\nreviewed_on: 2026-11-23\nreview_by: 2027-11-23\n{extra}\n"
    return f"---\n{front}---\n## {title}\n\n{title}\n"


TREE: dict[str, str] = {
    COURSE: text("""
        course: secrecy
        title:
          zh: 保密
          en: Secrecy
        summary:
          zh: 讲保密
          en: About secrecy
        owner: compliance
        objectives:
          SEC-1:
            zh: 能归类
            en: Can class
          SEC-2:
            zh: 能判断
            en: Can judge
        lessons:
          - classes
        takeaway:
          zh: |
            ### 一页纸

            **停**、报
          en: |
            ### One page

            **Stop**, report
        quiz: secrecy
        """),
    ZH: lesson("类别", "四个类别", "公开、内部、保密、严控。30 天内改正。"),
    EN: lesson("Classes", "Four classes", "Public, internal, confidential, restricted. Mend it in 30 days."),
    PICTURE: '<svg xmlns="http://www.w3.org/2000/svg"><rect width="3" fill="url(#g)"/></svg>',
    BANK: bank(),
    QUIZ: text("""
        quiz: secrecy
        cut_score: 80%
        minutes: 20
        attempts: 3
        wait: [0h, 24h, 3d]
        draw:
          - {bank: secrecy, objective: SEC-1, take: 3}
        show: {after_submit: score_and_topics, after_pass: feedback}
        """),
    EXAM: text("""
        examination: final
        title: {zh: 考试, en: Examination}
        cut_score: 80%
        minutes: 20
        attempts: 2
        draw:
          - {bank: secrecy, difficulty: [1, 2], take: 2, critical: true}
        """),
    AGREEMENT: page("promise", "承诺", "intent: 本人同意。"),
    AGREEMENT.replace(".zh.", ".en."): page("promise", "Promise", "intent: I agree."),
    HANDBOOK: page("asking", "索要资料", "keywords: [资料, 索要]\nmay_depart: 直属上级"),
    HANDBOOK.replace(".zh.", ".en."): page(
        "asking", "Asking", "keywords: [papers]\nmay_depart: The line manager"
    ),
    JOINING: text("""
        programme: joining
        title: {zh: 入职, en: Joining}
        kind: mandatory
        assign: [{all: true}]
        due: 30d
        initial: [{agreement: promise}, {course: secrecy}, {examination: final}]
        """),
    PROGRAMME: text("""
        programme: yearly
        title: {zh: 年度, en: Yearly}
        kind: mandatory          # mandatory | qualification | special
        assign: [{holds: joining}]
        due: 30d
        period: 12m
        renewal: anniversary
        window: 60d
        grace: 14d
        look_back: 90d
        long_lapse: 12m
        initial: [{agreement: promise}, {course: secrecy}]
        renewal_path: [{quiz: secrecy}]
        remind: {before_due: [14d, 3d], before_expiry: [60d], manager_after: [1d]}
        """),
    EVALUATION: text("""
        policy: evaluation
        bands: {A: 90, B: 75, C: 60, D: 0}
        components:
          certification: {weight: 40}
          assessment: {weight: 15}
        standing_credit: {certified: 1, renewal_open: 1, assigned: 1, grace: 1/2, overdue: 0, lapsed: 0,
          long_lapsed: 0, revoked: 0, supplement_overdue: 0}
        assessment_scale: {cut_score: 60, full_marks: 100}
        gate: {kinds: [mandatory], states: [overdue, lapsed], cap: C}
        """),
    CLEARANCES: text("""
        policy: clearances
        duties:
          read-files:
            title: {zh: 查阅, en: Read}
            programmes: [yearly]
            agreements: [promise]
        """),
    CALENDAR: text("""
        policy: calendar
        years:
          "2026":
            announced: true
            holidays: ["2026-01-01", "2026-01-02"]
            workdays: ["2026-01-04"]
        """),
    GLOSSARY: text("""
        terms:
          - {id: client, zh: 客户, en: client}
          - {id: file, zh: 档案, en: file}
        """),
    LOCK: f"# ids\ncourse/secrecy {'0' * 64}\nitem/SEC-0001 {'1' * 64}\n",
}


def tree(**changed: str | bytes | None) -> dict[str, bytes]:
    """Return the tree as bytes; a file named above (in lower case) is replaced, or with None left out."""
    places = {
        name.lower(): path for name, path in globals().items() if name.isupper() and isinstance(path, str)
    }
    files: dict[str, str | bytes | None] = dict(TREE)
    files.update({places[name]: content for name, content in changed.items()})
    return with_bytes(files)


def with_bytes(files: dict[str, str | bytes | None]) -> dict[str, bytes]:
    """Return files as bytes, without those that are None."""
    return {
        path: content.encode() if isinstance(content, str) else content
        for path, content in files.items()
        if content is not None
    }


def spoilt(path: str, old: str, new: str) -> dict[str, bytes]:
    """Return the tree with one passage replaced, which must be there."""
    assert old in TREE[path], f"{old!r} is not in {path}"
    return with_bytes({**TREE, path: TREE[path].replace(old, new, 1)})
