"""The worlds that the tests with real programs run in. The kernel hangs on a line of its own at Sakura Net's edge."""

PLAIN = """
title = "A small Internet for real programs"
until = "60min"
[isp.sakura]
domain = "sakura.example.jp"
[company.example]
domain = "example.com"
hosts  = { mx1 = ["mta"], mail = ["mda", "mra"], ns1 = ["ns"], lab = ["echo"] }
[zone."example.com"]
text = '''
www   3600  IN CNAME mail
@     3600  IN TXT   "v=spf1 mx -all"
big   3600  IN TXT   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" "b1"
big   3600  IN TXT   "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc" "b2"
big   3600  IN TXT   "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd" "b3"
big   3600  IN TXT   "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee" "b4"
big   3600  IN TXT   "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" "b5"
big   3600  IN TXT   "gggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg" "b6"
big   3600  IN TXT   "hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh" "b7"
big   3600  IN TXT   "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii" "b8"
big   3600  IN TXT   "jjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjj" "b9"
big   3600  IN TXT   "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk" "b10"
'''
[user.alice]
at      = "sakura"
submits = { port = 587, auth = "PLAIN" }
[user.bob]
at = "example"
"""

LINE = "home-alice"  # the kernel's own line is like hers

# The same on a fast line, where the machine is measured and not the line; and on a bad one.
FAST = PLAIN + """
[link.home-alice]
rate  = "10Gbit/s"
delay = "100us"
queue = "4MiB"
[link.uplink-sakura]
rate  = "10Gbit/s"
delay = "100us"
queue = "4MiB"
[link.uplink-example]
rate  = "10Gbit/s"
delay = "100us"
queue = "4MiB"
"""

BAD = PLAIN + """
[link.home-alice]
loss    = "5%"
reorder = "10%"
jitter  = "50ms"
"""

# The addresses that the defaults give.
EDGE = ("192.0.2.1", "2001:db8:1::1")
RESOLVER = ("192.0.2.53", "2001:db8:1::53")
MSA = ("192.0.2.87", "2001:db8:1::87")
MX1 = ("198.51.100.25", "2001:db8:2::25")
MAIL = ("198.51.100.110", "2001:db8:2::110")
NS1 = ("198.51.100.54", "2001:db8:2::54")
