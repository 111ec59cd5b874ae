"""Who is in the demonstration firm: its units, the people anyone can sign in as, and invented names."""

from dataclasses import dataclass
from random import Random

from lms.core.access import Role

PASSWORD = "demo-Chizheng-1"  # noqa: S105 - known to everybody, refused outside a demonstration
MAIL = "chizheng.example"


@dataclass(frozen=True)
class UnitPlan:
    """A unit, how many days ago it began to use the system, how many people it had then, and who leads it."""

    code: str
    name_zh: str
    name_en: str
    parent: str
    began_days_ago: int
    people: int
    lead: str = ""  # empty: the first of the invented people


UNITS = (
    UnitPlan("HQ", "总部", "Head Office", "", 729, 8),
    UnitPlan("COMPLIANCE", "合规与运营部", "Compliance and Operations", "HQ", 727, 11, "grace"),
    UnitPlan("CREDIT", "授信审批部", "Credit Approval", "HQ", 640, 12),
    UnitPlan("PROJECTS", "项目融资部", "Project Finance", "HQ", 560, 4),
    UnitPlan("ENERGY", "能源项目组", "Energy Projects", "PROJECTS", 560, 11),
    UnitPlan("TRANSPORT", "交通项目组", "Transport Projects", "PROJECTS", 470, 11),
    UnitPlan("CORPORATE", "公司业务部", "Corporate Lending", "HQ", 392, 9),
    UnitPlan("NORTH", "华北团队", "Northern Team", "CORPORATE", 715, 13, "bruno"),
    UnitPlan("SOUTH", "华南团队", "Southern Team", "CORPORATE", 330, 13),
)


@dataclass(frozen=True)
class CastMember:
    """Somebody whom the documents name. `years` is how long they had been there when their unit began."""

    username: str
    name_zh: str
    name_en: str
    unit: str
    roles: tuple[Role, ...] = ()
    years: int = 4


CAST = (
    CastMember("admin", "管理员", "Administrator", "HQ", (Role.ADMINISTRATOR,), 6),
    CastMember("carla", "柯岚", "Carla", "HQ", (Role.HR,), 5),
    CastMember("helen", "何琳", "Helen", "HQ", (Role.HR,), 3),
    CastMember("felix", "费立", "Felix", "HQ", (Role.AUDITOR,), 4),
    CastMember("erin", "艾琳", "Erin", "COMPLIANCE", (Role.AUTHOR,), 4),
    CastMember("fang", "方敏", "Fang", "COMPLIANCE", (Role.APPROVER,), 7),
    CastMember("grace", "葛静", "Grace", "COMPLIANCE", (Role.CONDUCT_OFFICER,), 5),
    CastMember("bruno", "鲍宁", "Bruno", "NORTH", (), 8),
    CastMember("liwei", "李伟", "Li Wei", "NORTH", (), 3),
    CastMember("dario", "狄睿", "Dario", "SOUTH", (), 2),
)
ANA = CastMember("ana", "安娜", "Ana", "NORTH", (), 0)

SURNAMES = (
    ("王", "Wang"), ("张", "Zhang"), ("刘", "Liu"), ("陈", "Chen"), ("杨", "Yang"), ("赵", "Zhao"),
    ("黄", "Huang"), ("周", "Zhou"), ("吴", "Wu"), ("徐", "Xu"), ("孙", "Sun"), ("胡", "Hu"), ("朱", "Zhu"),
    ("高", "Gao"), ("林", "Lin"), ("郭", "Guo"), ("马", "Ma"), ("罗", "Luo"), ("梁", "Liang"), ("宋", "Song"),
    ("郑", "Zheng"), ("谢", "Xie"), ("韩", "Han"), ("唐", "Tang"), ("冯", "Feng"), ("于", "Yu"), ("董", "Dong"),
    ("萧", "Xiao"), ("程", "Cheng"), ("曹", "Cao"), ("袁", "Yuan"), ("邓", "Deng"), ("许", "Xu"), ("傅", "Fu"),
    ("沈", "Shen"), ("曾", "Zeng"), ("彭", "Peng"), ("吕", "Lü"), ("苏", "Su"), ("卢", "Lu"), ("蒋", "Jiang"),
    ("蔡", "Cai"),
)  # fmt: skip
GIVEN = (
    ("伟", "Wei"), ("芳", "Fang"), ("娜", "Na"), ("敏", "Min"), ("静", "Jing"), ("丽", "Li"), ("强", "Qiang"),
    ("磊", "Lei"), ("军", "Jun"), ("洋", "Yang"), ("勇", "Yong"), ("艳", "Yan"), ("杰", "Jie"), ("娟", "Juan"),
    ("涛", "Tao"), ("明", "Ming"), ("超", "Chao"), ("秀兰", "Xiulan"), ("霞", "Xia"), ("平", "Ping"),
    ("刚", "Gang"), ("桂英", "Guiying"), ("思远", "Siyuan"), ("雨桐", "Yutong"), ("子涵", "Zihan"),
    ("浩然", "Haoran"), ("佳怡", "Jiayi"), ("梓轩", "Zixuan"), ("欣妍", "Xinyan"), ("志强", "Zhiqiang"),
    ("建国", "Jianguo"), ("晓东", "Xiaodong"), ("婷婷", "Tingting"), ("海燕", "Haiyan"), ("文博", "Wenbo"),
    ("若曦", "Ruoxi"), ("嘉豪", "Jiahao"), ("诗雨", "Shiyu"), ("一鸣", "Yiming"), ("慧敏", "Huimin"),
    ("立新", "Lixin"), ("春华", "Chunhua"),
)  # fmt: skip


@dataclass(frozen=True)
class Name:
    """An invented person's names and what they sign in with."""

    username: str
    name_zh: str
    name_en: str


def invented(rng: Random, many: int) -> list[Name]:
    """Return so many different names; none contains the name of one of the cast."""
    taken = {each.username for each in (*CAST, ANA)}
    pairs = [(surname, given) for surname in SURNAMES for given in GIVEN]
    rng.shuffle(pairs)
    found: list[Name] = []
    for (surname_zh, surname), (given_zh, given) in pairs:
        username = f"{surname}{given}".lower().replace("ü", "v")
        if any(each in username for each in taken if len(each) < 5) or username in taken:
            continue
        taken.add(username)
        found.append(Name(username, f"{surname_zh}{given_zh}", f"{surname} {given}"))
        if len(found) == many:
            break
    return found
