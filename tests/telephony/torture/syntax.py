"""Odd spelling: white space, quoting, escapes, lengths, bytes. After the cases of RFC 4475 3.1."""

from __future__ import annotations

from tests.telephony.torture.writer import SDP, TORTURER, Writer

LONG = b"a" * 3_000


def odd_but_right(w: Writer) -> dict[str, bytes]:
    """What RFC 3261 section 25 allows, though nobody writes it."""
    me, to = w.me, w.to
    return {
        "folded lines": w.request(
            From=b'"Ana\r\n\tSouza"\r\n  <sip:%s@%s>\r\n ;tag=1' % (TORTURER, me)
        ),
        "folded subject": w.request(add=b"Subject:\r\n  no supply\r\n\tsince\r\n   dawn\r\n"),
        "space around colons": w.request(add=b"X-Queue-Name   \t :\t  Service   \r\n"),
        "names in odd letters": w.request(add=b"x-QuEuE-nAmE: Service\r\nSUBJECT: x\r\n"),
        "compact forms": w.request(
            **{"From": None, "To": None, "Call-ID": None, "Via": None, "Contact": None},
            add=b"f: <sip:7@%s>;tag=c\r\nt: sip:1001@%s\r\ni: %s\r\nm: <sip:7@%s>\r\n"
            b"v: SIP/2.0/UDP %s;branch=z9hG4bK%s\r\ns: hi\r\nk: replaces\r\n"
            % (me, to, w.mark(), me, me, w.mark()),
        ),
        "space in via": w.request(
            Via=b"SIP  /  2.0 / UDP  %s ; branch = z9hG4bK%s" % (me, w.mark())
        ),
        "two vias in one line": w.request(
            Via=b"SIP/2.0/UDP %s;branch=z9hG4bK%s , SIP/2.0/TCP one.invalid:1;branch=z9hG4bKx"
            % (me, w.mark())
        ),
        "escaped user": w.request(uri=b"sip:%%31%%30%%30%%31@%s" % to),
        "escaped nul in a user": w.request(From=b"<sip:a%%00b@%s>;tag=1" % me),
        "escapes in quotes": w.request(From=b'"a \\"b\\" \\\\ \\c" <sip:7@%s>;tag=1' % me),
        "empty quotes": w.request(From=b'"" <sip:7@%s>;tag=1' % me),
        "user with everything": w.request(From=b"<sip:a;b=c&=+$,?/-_.!~*'()@%s>;tag=1" % me),
        "password in the uri": w.request(uri=b"sip:1001:s%%40cret@%s" % to),
        "headers in the uri": w.request(uri=b"sip:1001@%s;x=1?Subject=x&Priority=urgent" % to),
        "tel uri": w.request(uri=b"tel:+5511-4004(00)", From=b"<tel:+55.21.900>;tag=1"),
        "sips uri": w.request(uri=b"sips:1001@%s" % to),
        "ipv6 hosts": w.request(
            From=b"<sip:7@[2001:db8::7]:5070>;tag=1", Contact=b"<sip:7@[::1]:5070;transport=udp>"
        ),
        "ipv6 received": w.request(
            Via=b"SIP/2.0/UDP [2001:db8::9]:5060;received=[::ffff:127.0.0.1];branch=z9hG4bK%s"
            % w.mark()
        ),
        "unknown parameters": w.request(From=b'<sip:7@%s;q;w="x;y">;tag=1;a;b="c,d";e=%%41' % me),
        "unknown method": w.request(b"N-e!%`w'_*+~Method"),
        "long method": w.request(b"M" * 200),
        "zeros before numbers": w.request(CSeq=b"0000000001 INVITE", Max_Forwards=b"00070"),
        "method in small letters": w.request(
            CSeq=b"1 invite", line=b"invite sip:1001@%s SIP/2.0" % to
        ),
        "reason in unicode": w.response(b"200 " + "olá 你好".encode()),
        "no reason": w.response(b"200 "),
        "no contact in an invite": w.request(Contact=None),
        "supported and required": w.request(add=b"Supported: 100rel, timer,, replaces\r\n"),
        "requires what nobody knows": w.request(add=b"Require: nothing-such, more-of-it\r\n"),
        "proxy-requires": w.request(add=b"Proxy-Require: nothing-such\r\n"),
        "requires 100rel": w.request(add=b"Require: 100rel\r\n"),
        "requires timer": w.request(
            add=b"Require: timer\r\nSession-Expires: 90;refresher=uas\r\nMin-SE: 90\r\n"
        ),
        "timer too small": w.request(add=b"Supported: timer\r\nSession-Expires: 1\r\n"),
        "identity in html": w.request(
            add=b'P-Asserted-Identity: "<img src=x onerror=alert(1)>" <sip:7@%s>\r\n' % me
        ),
        "blank lines before": b"\r\n\r\n\r\n" + w.request(),
        "keep-alives": b"\r\n\r\n",
    }


def too_much(w: Writer) -> dict[str, bytes]:
    """Long, large, many; what the wire carries in one datagram."""
    me = w.me
    many = b"".join(b"Record-Route: <sip:p%d.invalid;lr>\r\n" % n for n in range(200))
    vias = b"".join(
        b"Via: SIP/2.0/UDP p%d.invalid;branch=z9hG4bK%d\r\n" % (n, n) for n in range(200)
    )
    return {
        "long display name": w.request(From=b'"%s" <sip:7@%s>;tag=1' % (LONG, me)),
        "long tag": w.request(From=b"<sip:7@%s>;tag=%s" % (me, LONG)),
        "long call-id": w.request(Call_ID=LONG + w.mark()),
        "long branch": w.request(Via=b"SIP/2.0/UDP %s;branch=z9hG4bK%s%s" % (me, LONG, w.mark())),
        "long user": w.request(uri=b"sip:%s@%s" % (LONG, w.to)),
        "long host": w.request(Contact=b"<sip:7@%s.invalid>" % LONG),
        "long header name": w.request(add=b"X-%s: 1\r\n" % LONG),
        "long uri header": w.request(uri=b"sip:1001@%s?%s" % (w.to, b"a=b&" * 700)),
        "200 record-routes": w.request(add=many),
        "200 vias": w.request(add=vias),
        "1,000 unknown headers": w.request(add=b"X: y\r\n" * 1_000),
        "one header of 60 KB": w.request(add=b"X-Queue-Name: %s\r\n" % (b"q" * 60_000)),
        "folded 20,000 times": w.request(add=b"Subject: x" + b"\r\n y" * 12_000 + b"\r\n"),
        "commas": w.request(add=b"Supported: " + b"," * 20_000 + b"\r\n"),
        "brackets": w.request(From=b"<" * 5_000 + b"sip:7@x" + b">" * 5_000 + b";tag=1"),
        "cseq 2^31": w.request(CSeq=b"2147483648 INVITE"),
        "cseq 2^32": w.request(CSeq=b"4294967296 INVITE"),
        "cseq of 30 digits": w.request(CSeq=b"9" * 30 + b" INVITE"),
        "max-forwards 256": w.request(Max_Forwards=b"256"),
        "max-forwards 0": w.request(Max_Forwards=b"0"),
        "max-forwards of 30 digits": w.request(Max_Forwards=b"7" * 30),
        "max-forwards negative": w.request(Max_Forwards=b"-1"),
        "expires 2^32": w.request(add=b"Expires: 4294967296\r\n"),
        "expires of 30 digits": w.request(add=b"Expires: %s\r\n" % (b"1" * 30)),
        "expires 0": w.request(add=b"Expires: 0\r\n"),
        "port 65536": w.request(Contact=b"<sip:7@127.0.0.1:65536>"),
        "port of 30 digits": w.request(
            Via=b"SIP/2.0/UDP 127.0.0.1:%s;branch=z9hG4bK1" % (b"9" * 30)
        ),
        "ttl and q": w.request(Contact=b"<sip:7@%s;ttl=99999>;q=99.99999;expires=-5" % me),
        "status 0": w.response(b"0 Zero"),
        "status 99": w.response(b"99 Low"),
        "status 700": w.response(b"700 High"),
        "status 4294967301": w.response(b"4294967301 Wraps"),
        "retry-after overlarge": w.response(
            b"503 Busy", add=b"Retry-After: 777777777777777777777777777\r\n"
        ),
        "warning overlarge": w.response(b"400 Bad", add=b'Warning: 99999 %s "%s"\r\n' % (me, LONG)),
    }


def wrong(w: Writer) -> dict[str, bytes]:
    """What must be refused or dropped, not believed. After RFC 4475 3.1.2 and 3.3."""
    me, to = w.me, w.to
    cases = {
        f"without {name}": w.request(**{name: None})
        for name in ("Via", "From", "To", "Call-ID", "CSeq", "Max-Forwards", "Content-Length")
    }
    cases |= {
        f"empty {name}": w.request(**{name: b""})
        for name in ("Via", "From", "To", "Call-ID", "CSeq", "Max-Forwards", "Contact")
    }
    cases |= {
        f"two of {name}": w.request(add=b"%s: %s\r\n" % (name.encode(), value))
        for name, value in {
            "From": b"<sip:8@x.invalid>;tag=2", "To": b"<sip:9@x.invalid>", "Call-ID": b"other",
            "CSeq": b"8 BYE", "Max-Forwards": b"1", "Content-Length": b"3", "Contact": b"*",
        }.items()
    }  # fmt: skip
    return cases | {
        "length too long": w.request(Content_Length=b"9999"),
        "length too short": w.request(Content_Length=b"10"),
        "length negative": w.request(Content_Length=b"-12"),
        "length of 30 digits": w.request(Content_Length=b"9" * 30),
        "length 2^32 + 1": w.request(Content_Length=b"4294967297"),
        "length in letters": w.request(Content_Length=b"ten"),
        "unterminated quotes": w.request(From=b'"Ana <sip:7@%s>;tag=1' % me),
        "quote then backslash": w.request(From=b'"Ana\\" <sip:7@%s>;tag=1' % me),
        "unterminated bracket": w.request(From=b"<sip:7@%s;tag=1" % me),
        "bracket closed only": w.request(From=b"sip:7@%s>;tag=1" % me),
        "uri in brackets in the first line": w.request(uri=b"<sip:1001@%s>" % to),
        "space in the uri": w.request(uri=b"sip:1001 @%s; lr" % to),
        "spaces in the first line": w.request(line=b"INVITE   sip:1001@%s   SIP/2.0  " % to),
        "comma in the uri": w.request(
            From=b"<sip:7@%s>;tag=1" % me, Contact=b"sip:a,b@%s?x=<y>" % me
        ),
        "unknown scheme": w.request(uri=b"tele:1001@%s" % to),
        "scheme http": w.request(uri=b"http://%s/" % to, Contact=b"<http://x.invalid/>"),
        "scheme empty": w.request(uri=b":1001@%s" % to),
        "no uri": w.request(line=b"INVITE SIP/2.0"),
        "uri of one colon": w.request(uri=b":"),
        "half an escape": w.request(uri=b"sip:10%%0@%s" % to, From=b"<sip:%%@%s>;tag=%%G" % me),
        "version 3": w.request(line=b"INVITE sip:1001@%s SIP/3.0" % to),
        "version HTTP": w.request(line=b"INVITE sip:1001@%s HTTP/1.1" % to),
        "version missing": w.request(line=b"INVITE sip:1001@%s" % to),
        "method and cseq differ": w.request(CSeq=b"1 BYE"),
        "cseq without a method": w.request(CSeq=b"1"),
        "cseq negative": w.request(CSeq=b"-1 INVITE"),
        "via of no protocol": w.request(Via=b"%s;branch=z9hG4bK1" % me),
        "via of an unknown transport": w.request(
            Via=b"SIP/2.0/XYZ %s;branch=z9hG4bK%s" % (me, w.mark())
        ),
        "via of nobody": w.request(Via=b"SIP/2.0/UDP ;branch=z9hG4bK" + w.mark()),
        "branch of the cookie alone": w.request(Via=b"SIP/2.0/UDP %s;branch=z9hG4bK" % me),
        "branch without the cookie": w.request(Via=b"SIP/2.0/UDP %s;branch=1" % me),
        "no branch": w.request(Via=b"SIP/2.0/UDP %s" % me),
        "maddr and received": w.request(
            Via=b"SIP/2.0/UDP h;maddr=127.0.0.9;received=no-address;rport=-1;ttl=x;branch=z9hG4bK1"
        ),
        "date of no zone": w.request(add=b"Date: Fri, 99 Abc 2026 25:61:61 XYZ\r\n"),
        "header without a colon": w.request(add=b"this is no header\r\n"),
        "header of a colon alone": w.request(add=b": x\r\n"),
        "nul in a header": w.request(add=b"Subject: a\0b\r\n"),
        "nul in the call-id": w.request(Call_ID=b"a\0" + w.mark()),
        "nul in the first line": w.request(line=b"INVITE sip:10\x0001@%s SIP/2.0" % to),
        "nul in the name": w.request(From=b'"A\0na" <sip:7@%s>;tag=1' % me),
        "not utf-8": w.request(From=b'"Jo\xe3o \xff\xfe" <sip:7@%s>;tag=1' % me),
        "half a letter": w.request(From=b'"Ana \xe4\xbd" <sip:7@%s>;tag=1' % me),
        "not utf-8 in the uri": w.request(uri=b"sip:\xc3\x28@%s" % to),
        "bare line feeds": w.request().replace(b"\r\n", b"\n"),
        "bare carriage returns": w.request().replace(b"\r\n", b"\r"),
        "mixed line ends": w.request()
        .replace(b"\r\nMax", b"\nMax")
        .replace(b"\r\nCall", b"\r\r\nCall"),
        "ends in the headers": w.request()[:180],
        "ends in the first line": b"INVITE sip:1001",
        "blank line missing": w.request(body=b"")[:-2],
        "body only": SDP,
        "contact star": w.request(Contact=b"*"),
        "auth of nonsense": w.request(add=b'Authorization: Digest realm=,,"nonce=\r\n'),
        "auth of no scheme": w.request(add=b"Proxy-Authorization: =====\r\n"),
    }
