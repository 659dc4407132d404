"""The organisation of the demo bank: 3 branches, 60 outlets, 1,200 people. Pure: a seed in, plain values out."""

from dataclasses import dataclass
from random import Random

BRANCHES = [
    ("B01", "临江分行", "Linjiang Branch", "临江"),
    ("B02", "云溪分行", "Yunxi Branch", "云溪"),
    ("B03", "海岚分行", "Hailan Branch", "海岚"),
]
DEPARTMENTS = [
    ("D-CP", "消费者权益保护部", "Consumer Protection"),
    ("D-DUTY", "总值班台", "Duty Desk"),
    ("D-CC", "客户服务中心", "Contact Centre"),
    ("D-CARD", "信用卡中心", "Credit Card Centre"),
    ("D-RET", "个人金融部", "Personal Banking"),
    ("D-LOAN", "个人信贷部", "Personal Lending"),
    ("D-OPS", "运营管理部", "Operations"),
    ("D-IT", "信息科技部", "Information Technology"),
    ("D-AUD", "审计部", "Internal Audit"),
    ("D-HR", "人力资源部", "Human Resources"),
]
ROADS = {
    "临江": [
        "文昌路",
        "渡口",
        "江畔花园",
        "大学城",
        "钟楼",
        "东门",
        "西站",
        "会展",
        "桂苑",
        "临港",
        "南湖",
        "青年路",
        "朝阳",
        "滨江",
        "天桥",
        "玉兰",
        "市民广场",
        "工业园",
        "凤栖",
        "老街",
    ],
    "云溪": [
        "云溪",
        "竹林",
        "石桥",
        "茶城",
        "清河",
        "望山",
        "北苑",
        "南苑",
        "古镇",
        "温泉",
        "松岭",
        "学府",
        "兴农",
        "双塔",
        "白塔",
        "柳巷",
        "新城",
        "高铁站",
        "医院",
        "百花",
    ],
    "海岚": [
        "海岚",
        "港务",
        "渔人码头",
        "灯塔",
        "金沙",
        "银滩",
        "保税区",
        "海关",
        "椰林",
        "星湾",
        "帆影",
        "半山",
        "东海",
        "造船厂",
        "船政",
        "珊瑚",
        "岛心",
        "外滩",
        "航天",
        "晨光",
    ],
}
ROADS_EN = {
    "临江": "Wenchang Ferry Riverside University Belltower Eastgate Weststation Expo Laurel Lingang Southlake Youth Chaoyang Binjiang Skybridge Magnolia Plaza Industrial Phoenix Oldstreet",
    "云溪": "Yunxi Bamboo Stonebridge Teatown Clearriver Hillview Northgarden Southgarden Oldtown Hotspring Pineridge Academy Xingnong Twintower Whitepagoda Willow Newtown Railway Hospital Hundredflowers",
    "海岚": "Hailan Harbour Fishermen Lighthouse Goldsand Silverbeach Bonded Customs Palm Starbay Sail Midhill Eastsea Shipyard Navy Coral Island Bund Aerospace Morninglight",
}
POSTS = {
    "D-CP": "consumer_protection",
    "D-DUTY": "duty_officer",
    "D-AUD": "auditor",
    "D-HR": "hr",
    "D-OPS": "handler",
    "D-LOAN": "handler",
    "D-RET": "handler",
    "D-IT": "security",
}
_SURNAMES = (
    "王Wang 李Li 张Zhang 刘Liu 陈Chen 杨Yang 黄Huang 赵Zhao 周Zhou 吴Wu 徐Xu 孙Sun 朱Zhu 马Ma 胡Hu 郭Guo 林Lin 何He 高Gao "
    "梁Liang 郑Zheng 罗Luo 宋Song 谢Xie 唐Tang 韩Han 曹Cao 许Xu 邓Deng 萧Xiao 冯Feng 曾Zeng 程Cheng 蔡Cai 彭Peng 潘Pan "
    "袁Yuan 于Yu 董Dong 余Yu 苏Su 叶Ye 吕Lü 魏Wei 蒋Jiang 田Tian 杜Du 丁Ding 沈Shen 姜Jiang 范Fan 江Jiang 傅Fu 钟Zhong 卢Lu "
    "汪Wang 戴Dai 崔Cui 任Ren 陆Lu 廖Liao 姚Yao 方Fang 金Jin 邱Qiu 夏Xia 谭Tan 韦Wei 贾Jia 邹Zou 石Shi 熊Xiong 孟Meng 秦Qin "
    "阎Yan 薛Xue 侯Hou 雷Lei 白Bai 龙Long 段Duan 郝Hao 孔Kong 邵Shao 史Shi 毛Mao 常Chang 万Wan 顾Gu 赖Lai 武Wu 康Kang 贺He "
    "严Yan 尹Yin 钱Qian 施Shi 牛Niu 洪Hong 龚Gong "
)
_GIVEN = (
    "伟wei 芳fang 娜na 敏min 静jing 丽li 强qiang 磊lei 军jun 洋yang 勇yong 艳yan 杰jie 娟juan 涛tao 明ming 超chao 秀xiu "
    "霞xia 平ping 刚gang 桂gui 英ying 华hua 玉yu 兰lan 建jian 国guo 志zhi 海hai 燕yan 雪xue 梅mei 红hong 春chun 晓xiao "
    "东dong 文wen 斌bin 宇yu 浩hao 然ran 子zi 轩xuan 梓zi 涵han 欣xin 怡yi 诗shi 雨yu 佳jia 琪qi 思si 远yuan 嘉jia 宁ning "
    "晨chen 曦xi 博bo 睿rui 俊jun 凯kai 琳lin 莹ying 倩qian 婷ting 慧hui 颖ying 楠nan 璐lu 瑶yao 淑shu 凤feng 珍zhen 素su "
    "芬fen 福fu 根gen 德de 顺shun 长chang 贵gui "
)
PINYIN_OF_SURNAME = {word[0]: word[1:] for word in _SURNAMES.split()}
PINYIN = {word[0]: word[1:] for word in _GIVEN.split()}
SURNAMES = list(PINYIN_OF_SURNAME)
GIVEN = [letter for letter in PINYIN if letter not in "淑凤珍素芬福根德顺长贵"]
ELDER_GIVEN = list("桂秀淑玉凤兰英珍素芬福根建国德顺长贵")


@dataclass(frozen=True)
class UnitRow:
    code: str
    name: str
    name_en: str
    kind: str
    parent: str | None
    region: str


@dataclass(frozen=True)
class StaffRow:
    number: str
    name: str
    name_en: str
    unit: str
    post: str
    reports_to: str | None


def units() -> list[UnitRow]:
    """Head office, departments, branches and outlets, parents first."""
    rows = [UnitRow("HO", "青禾银行总行", "Qinghe Bank Head Office", "head", None, "")]
    rows += [UnitRow(code, zh, en, "department", "HO", "") for code, zh, en in DEPARTMENTS]
    for code, zh, en, region in BRANCHES:
        rows.append(UnitRow(code, zh, en, "branch", "HO", region))
        for place, (road, english) in enumerate(zip(ROADS[region], ROADS_EN[region].split(), strict=True), start=1):
            rows.append(UnitRow(f"O{code[1:]}{place:02d}", f"{road}支行", f"{english} Outlet", "outlet", code, region))
    return rows


def person_name(rng: Random, *, elder: bool = False) -> str:
    given = ELDER_GIVEN if elder else GIVEN
    return rng.choice(SURNAMES) + "".join(rng.sample(given, 1 if rng.random() < 0.18 else 2))


def in_english(name: str) -> str:
    """A Chinese name in pinyin, surname first: 王小明 is Wang Xiaoming."""
    return f"{PINYIN_OF_SURNAME[name[0]]} {''.join(PINYIN[letter] for letter in name[1:]).capitalize()}"


def people(rng: Random) -> list[StaffRow]:
    """1,200 people, managers before those who report to them."""
    rows: list[StaffRow] = []

    def hire(unit: str, post: str, boss: str | None) -> str:
        number = f"Q{len(rows) + 1:05d}"
        name = person_name(rng)
        rows.append(StaffRow(number, name, in_english(name), unit, post, boss))
        return number

    president = hire("HO", "president", None)
    heads = {}
    for code, _, _ in DEPARTMENTS:
        heads[code] = hire(code, "department_head", president)
    for code, boss in heads.items():
        size = {"D-CP": 12, "D-DUTY": 5, "D-CC": 35, "D-CARD": 24}.get(code, 8)
        for _ in range(size):
            post = {"D-CC": "telephone_agent", "D-CARD": "handler"}.get(code) or POSTS.get(code, "account_manager")
            hire(code, post, boss)
    for code, _, _, region in BRANCHES:
        boss = hire(code, "branch_head", president)
        supervisor = hire(code, "supervisor", boss)
        hire(code, "analyst", boss)
        for _ in range(12):
            hire(code, "handler", supervisor)
        for place in range(1, len(ROADS[region]) + 1):
            outlet = f"O{code[1:]}{place:02d}"
            manager = hire(outlet, "outlet_manager", boss)
            for post in ["lobby_manager", "account_manager", "account_manager", *["teller"] * 11]:
                hire(outlet, post, manager)
    outlets = [row for row in rows if row.post == "outlet_manager"]
    while len(rows) < 1200:
        head = outlets[len(rows) % len(outlets)]
        hire(head.unit, "teller", head.number)
    return rows[:1200]
