"""What the gallery shows: invented people, long names, figures, in both languages."""

import datetime as dt
from typing import Any
from uuid import UUID

from markupsafe import Markup

from lms.core.access import Actor

TODAY = dt.date(2026, 11, 23)
LONG_ZH = "欧阳司马诸葛慕容阿不都热西提·买买提明江·艾合买提"
LONG_EN = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh, Maximiliane Antoinette"
STATES = [
    "not_required",
    "assigned",
    "overdue",
    "certified",
    "renewal_open",
    "grace",
    "lapsed",
    "long_lapsed",
    "revoked",
    "waived",
    "ended",
]
OVERLAYS = ["in_progress", "on_leave", "extended", "supplement_due", "supplement_overdue"]
ATTEMPTS = ["in_progress", "submitted", "scored", "passed", "failed", "abandoned", "voided"]


def sample(lang: str, path: str) -> dict[str, Any]:
    """Everything the gallery's pages need, in one language."""
    zh = lang == "zh"
    query = f"?lang={lang}"
    say = (lambda a, b: a) if zh else (lambda a, b: b)
    nav = [
        ("/overview", say("我的培训", "My training"), "mortarboard"),
        ("/lesson", say("课程", "Courses"), "book"),
        ("/documents", say("案例", "Cases"), "signpost-split"),
        ("/components", say("团队", "Team"), "people"),
        ("/tables", say("人力资源", "HR"), "building"),
        ("/charts", say("报表", "Reports"), "bar-chart"),
        ("/forms", say("合规与投诉", "Conduct"), "chat-left-text"),
        ("/review", say("考核", "Evaluations"), "clipboard-data"),
        ("/empty", say("审计", "Audit"), "shield-check"),
    ]
    return {
        "nav": [
            {"url": url + query, "label": label, "icon": icon, "active": url == path}
            for url, label, icon in nav
        ],
        "actor": Actor(UUID(int=1), "李伟", frozenset(), names={"zh": "李伟", "en": "Li Wei"}),
        "say": say,
        "today": TODAY,
        "states": STATES,
        "overlays": OVERLAYS,
        "attempts": ATTEMPTS,
        "long_name": say(LONG_ZH, LONG_EN),
        "columns": columns(say),
        "people": people(say),
        "series": [
            {"label": say("有效", "Certified"), "tone": "jade"},
            {"label": say("即将到期", "Due"), "tone": "amber"},
            {"label": say("逾期", "Overdue"), "tone": "vermilion"},
        ],
        "units": units(say),
        "months": [(f"2026-{m:02}", None if m == 4 else 78 + (m * 7) % 19) for m in range(1, 13)],
        "entries": entries(say),
        "questions": questions(say),
        "attempt": {
            "id": "a17",
            "seq": 0,
            "responses_url": "/responses",
            "submit_url": "/submit",
            "result_url": "/review",
            "csrf_url": "/csrf",
            "sign_in_url": "/sign-in",
        },
    }


def columns(say: Any) -> list[dict[str, Any]]:
    """A table with every kind of column."""
    return [
        {
            "key": "name",
            "label": say("姓名", "Name"),
            "wide": True,
            "sort_url": "?sort=name",
            "sorted": "asc",
        },
        {"key": "unit", "label": say("部门", "Unit")},
        {"key": "state", "label": say("状态", "State"), "kind": "state"},
        {"key": "until", "label": say("有效期至", "Valid until"), "kind": "date", "sort_url": "?sort=until"},
        {"key": "score", "label": say("得分", "Score"), "kind": "number", "sort_url": "?sort=score"},
    ]


def people(say: Any) -> list[dict[str, Any]]:
    """Eleven people, one a state."""
    names_zh = ["安娜", LONG_ZH, "鲍宁", "柯岚", "狄睿", "艾琳", "方敏", "葛静", "费立", "王小明", "赵六"]
    names_en = [
        "Ana",
        LONG_EN,
        "Bruno",
        "Carla",
        "Dario",
        "Erin",
        "Fang Min",
        "Grace",
        "Felix",
        "Wang Xiaoming",
        "Zhao Liu",
    ]
    return [
        {
            "name": say(names_zh[i], names_en[i]),
            "under_name": f"CZ-{1040 + i}",
            "href": "/components",
            "unit": say("公司金融一部", "Corporate finance I")
            if i % 2
            else say("项目融资部", "Project finance"),
            "state": state,
            "overlays": ("on_leave",) if i == 3 else (),
            "until": None if i in (0, 1) else dt.date(2027, 1 + i, 3 + i),
            "score": None if i == 0 else 1234 + i if i == 2 else 70 + i * 2.5,
        }
        for i, state in enumerate(STATES)
    ]


def units(say: Any) -> list[dict[str, Any]]:
    """Counts by unit."""
    names = [
        say("项目融资部", "Project finance"),
        say("公司金融一部", "Corporate finance I"),
        say("风险管理部", "Risk"),
        say("客户服务与投诉处理中心", "Client service and complaints"),
    ]
    return [
        {"label": name, "values": values, "href": "/tables"}
        for name, values in zip(names, [[31, 4, 1], [22, 0, 3], [12, 2, 0], [0, 0, 0]], strict=True)
    ]


def entries(say: Any) -> list[dict[str, Any]]:
    """A course's contents."""
    titles = [
        say("什么是客户信息", "What client information is"),
        say("谁可以知道什么", "Who may know what"),
        say("在电梯、餐馆和群聊里", "In lifts, restaurants and group chats"),
        say("索取资料时怎么说", "What to say when asking for documents"),
        say("出了差错之后的一小时", "The first hour after a mistake"),
    ]
    return [
        {"label": t, "url": None if i == 4 else "/lesson", "done": i < 2, "current": i == 2, "minutes": 4 + i}
        for i, t in enumerate(titles)
    ]


def _options(*words: str) -> list[dict[str, Any]]:
    return [{"id": "abcdef"[i], "text": word} for i, word in enumerate(words)]


def questions(say: Any) -> list[dict[str, Any]]:
    """One question of each kind."""
    stem_1 = say(
        "<p>一位同事不在该项目组，在茶水间问你某客户的授信额度。你怎么回答？</p>",
        "<p>A colleague outside the team asks you for a client's credit limit. What do you say?</p>",
    )
    options_1 = [
        say("告诉她大概的数字，因为都是同事。", "Tell her roughly, as you are colleagues."),
        say(
            "说明不在项目组的人不能知道，并告诉她可以向谁申请。",
            "Say that people outside the team may not know, and whom she can ask.",
        ),
        say("请她发邮件，之后把额度表转给她。", "Ask her to send a mail, then forward the table."),
        say("说你不清楚，然后换个话题。", "Say that you do not know and change the subject."),
    ]
    return [
        {
            "slot": 1,
            "id": "q1",
            "kind": "single",
            "stem": Markup(stem_1),
            "options": _options(*options_1),
            "response": None,
        },
        {
            "slot": 2,
            "kind": "multiple",
            "stem": say(
                "以下哪些可以发给同项目组的同事？",
                "Which of these may you send to a colleague on the same team?",
            ),
            "options": _options(
                say("财务报表", "Financial statements"),
                say("董事的家庭住址", "A director's home address"),
                say("抵押物清单", "The list of collateral"),
            ),
            "response": {"choose": ["a", "c"]},
        },
        {
            "slot": 3,
            "kind": "truefalse",
            "stem": say("客户口头同意就足够了。", "A client's spoken consent is enough."),
            "options": _options(say("对", "True"), say("错", "False")),
            "response": None,
        },
        {
            "slot": 4,
            "kind": "match",
            "stem": say("把资料与密级配对。", "Match each document with its class."),
            "stems": [
                {"id": "s1", "text": say("授信审批表", "Credit approval")},
                {"id": "s2", "text": say("官网年报", "Published annual report")},
            ],
            "targets": [
                {"id": "t1", "text": say("机密", "Confidential")},
                {"id": "t2", "text": say("公开", "Public")},
            ],
            "response": None,
        },
        {
            "slot": 5,
            "kind": "order",
            "stem": say(
                "发错邮件之后，先做什么？", "A mail went to the wrong person. In which order do you act?"
            ),
            "options": _options(
                say("报告合规部", "Tell compliance"),
                say("请对方删除", "Ask the recipient to delete it"),
                say("填写事件单", "File the incident"),
            ),
            "response": None,
        },
        {
            "slot": 6,
            "kind": "number",
            "stem": say("利率上调 25 个基点是多少？", "How much is a rise of 25 basis points?"),
            "units": [{"id": unit, "text": unit} for unit in ("%", "‰", "bp")],
            "response": None,
        },
        {
            "slot": 7,
            "kind": "text",
            "stem": say(
                "客户信息的最高密级叫什么？", "What is the highest class of client information called?"
            ),
            "response": None,
        },
        {
            "slot": 8,
            "kind": "cloze",
            "stem": say("填空。", "Fill the gaps."),
            "parts": [
                say("发现泄露后，应在 ", "A leak must be reported within "),
                {"gap": "1"},
                say(" 小时内报告 ", " hours to "),
                {"gap": "2"},
                say("。", "."),
            ],
            "response": None,
        },
        {
            "slot": 9,
            "kind": "scale",
            "stem": say("你有多大把握？", "How sure are you?"),
            "options": _options(say("毫无", "Not at all"), say("一半", "Half"), say("完全", "Fully")),
            "response": None,
        },
        {
            "slot": 10,
            "kind": "hotspot",
            "stem": say("点出信封上不该出现的内容。", "Point at what should not be on the envelope."),
            "image": "/static/mark.svg",
            "alt": say("一个信封", "An envelope"),
            "options": _options(say("收件人地址", "The address"), say("客户账号", "The account number")),
            "regions": [
                {"id": "a", "x": 10, "y": 10, "width": 30, "height": 30},
                {"id": "b", "x": 50, "y": 50, "width": 40, "height": 30},
            ],
            "response": None,
        },
    ]
