"""INVITEs whose body is not what a caller offers: SDP of all kinds, several parts, none."""

from __future__ import annotations

from tests.telephony.torture.writer import SDP, Writer

_HEAD = b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
_MIXED = (
    b"--edge\r\nContent-Type: %s\r\n\r\n%s\r\n--edge\r\nContent-Type: application/sdp\r\n"
    b"Content-Disposition: session\r\n\r\n%s\r\n--edge--\r\n"
)


def bodies(w: Writer) -> dict[str, bytes]:
    """INVITEs, one for each wrong or odd body."""
    cases = {name: w.request(body=body) for name, body in _descriptions().items()}
    cases |= {
        "no body": w.request(body=b""),
        "no body, 100rel": w.request(body=b"", add=b"Require: 100rel\r\nSupported: 100rel\r\n"),
        "type of nobody": w.request(Content_Type=b"application/nothing-known"),
        "no type": w.request(Content_Type=None),
        "type empty": w.request(Content_Type=b""),
        "type without a slash": w.request(Content_Type=b"sdp"),
        "type with odd parameters": w.request(Content_Type=b'application/sdp;charset="x;y";a'),
        "encoded": w.request(add=b"Content-Encoding: gzip\r\n"),
        "disposition render": w.request(add=b"Content-Disposition: render;handling=required\r\n"),
        "text": w.request(body=b"good morning", Content_Type=b"text/plain"),
    }
    multipart = b"multipart/mixed;boundary=%s"
    parts = {
        "two sdps": _MIXED % (b"application/sdp", SDP, SDP),
        "text and sdp": _MIXED % (b"text/plain", b"hello", SDP),
        "binary and sdp": _MIXED % (b"application/octet-stream", bytes(range(256)), SDP),
        "never closed": (_MIXED % (b"text/plain", b"hello", SDP))[:-8],
        "no edge at all": SDP,
        "parts of nothing": b"--edge\r\n--edge\r\n--edge\r\n--edge--\r\n",
        "edges only": b"--edge" * 500,
        "in itself": _MIXED % (b"multipart/mixed;boundary=edge", b"--edge\r\n\r\n--edge--", SDP),
        "part without headers": b"--edge\r\n\r\n%s\r\n--edge--\r\n" % SDP,
    }
    for name, body in parts.items():
        cases[f"multipart: {name}"] = w.request(body=body, Content_Type=multipart % b"edge")
    cases["multipart: no boundary"] = w.request(
        body=b"--\r\n\r\n----", Content_Type=b"multipart/mixed"
    )
    cases["multipart: empty boundary"] = w.request(
        body=parts["two sdps"], Content_Type=multipart % b'""'
    )
    cases["multipart: long boundary"] = w.request(
        body=parts["two sdps"], Content_Type=multipart % (b"e" * 3_000)
    )
    return cases


def _descriptions() -> dict[str, bytes]:
    audio = b"m=audio 40404 RTP/AVP 0\r\n"
    return {
        "of one byte": b"v",
        "version only": b"v=0\r\n",
        "no version": SDP[5:],
        "version 9": SDP.replace(b"v=0", b"v=9"),
        "no media": _HEAD,
        "no connection": SDP.replace(b"c=IN IP4 127.0.0.1\r\n", b""),
        "connection of letters": SDP.replace(b"c=IN IP4 127.0.0.1", b"c=IN IP4 no.address.invalid"),
        "connection ipv6": SDP.replace(b"c=IN IP4 127.0.0.1", b"c=IN IP6 ::1"),
        "connection ipv6 that is none": SDP.replace(b"c=IN IP4 127.0.0.1", b"c=IN IP6 1.2.3.4"),
        "connection 0.0.0.0": SDP.replace(b"c=IN IP4 127.0.0.1", b"c=IN IP4 0.0.0.0"),
        "connection multicast": SDP.replace(b"c=IN IP4 127.0.0.1", b"c=IN IP4 224.2.1.1/127/3"),
        "connection empty": SDP.replace(b"c=IN IP4 127.0.0.1", b"c="),
        "origin of nothing": SDP.replace(b"o=- 41 7 IN IP4 127.0.0.1", b"o="),
        "origin overlarge": SDP.replace(b"41 7", b"9" * 40 + b" " + b"9" * 40),
        "no time": SDP.replace(b"t=0 0\r\n", b""),
        "times of letters": SDP.replace(b"t=0 0", b"t=then now"),
        "port 0": SDP.replace(b"40404", b"0"),
        "port 65536": SDP.replace(b"40404", b"65536"),
        "port negative": SDP.replace(b"40404", b"-1"),
        "port of 30 digits": SDP.replace(b"40404", b"4" * 30),
        "ports counted": SDP.replace(b"40404", b"40404/999999999"),
        "no formats": _HEAD + b"m=audio 40404 RTP/AVP\r\n",
        "format 128": _HEAD + b"m=audio 40404 RTP/AVP 128 999999 x\r\n",
        "format unmapped": _HEAD + b"m=audio 40404 RTP/AVP 97 98\r\n",
        "200 formats": _HEAD + b"m=audio 40404 RTP/AVP" + b" 0 8 97 98" * 50 + b"\r\n",
        "codecs nobody has": _HEAD + b"m=audio 40404 RTP/AVP 97\r\na=rtpmap:97 NOBODY/1/1\r\n",
        "rate 0": _HEAD + b"m=audio 40404 RTP/AVP 97\r\na=rtpmap:97 PCMU/0/0\r\n",
        "rate overlarge": _HEAD + b"m=audio 4 RTP/AVP 97\r\na=rtpmap:97 PCMU/9999999999/9\r\n",
        "rtpmap broken": _HEAD + audio + b"a=rtpmap:\r\na=rtpmap:0\r\na=rtpmap:0 /\r\n",
        "fmtp broken": _HEAD + audio + b"a=fmtp:\r\na=fmtp:0\r\na=fmtp:0 =;=;;\r\na=fmtp:999 x\r\n",
        "fmtp long": _HEAD + audio + b"a=fmtp:0 " + b"x=y;" * 3_000 + b"\r\n",
        "ptime 0": SDP.replace(b"ptime:20", b"ptime:0"),
        "ptime negative": SDP.replace(b"ptime:20", b"ptime:-20"),
        "ptime overlarge": SDP.replace(b"ptime:20", b"ptime:99999999\r\na=maxptime:1"),
        "ptime of letters": SDP.replace(b"ptime:20", b"ptime:long"),
        "bandwidth broken": _HEAD + b"b=AS\r\nb=:\r\nb=X:99999999999999\r\n" + audio,
        "rtcp broken": SDP + b"a=rtcp:\r\na=rtcp:99999999 IN IP4 x\r\na=rtcp-mux\r\n",
        "candidates broken": SDP + b"a=candidate:\r\na=candidate:1 1 udp 1 x y\r\na=ice-ufrag:\r\n",
        "crypto broken": SDP.replace(b"RTP/AVP", b"RTP/SAVP") + b"a=crypto:1 X inline:!\r\n",
        "dtls": SDP.replace(b"RTP/AVP", b"UDP/TLS/RTP/SAVPF") + b"a=fingerprint:sha-1 z\r\n",
        "transport of nobody": SDP.replace(b"RTP/AVP", b"NOBODY/9"),
        "video alone": _HEAD + b"m=video 40404 RTP/AVP 34\r\n",
        "text alone": _HEAD + b"m=text 40404 RTP/AVP 98\r\na=rtpmap:98 t140/1000\r\n",
        "image alone": _HEAD + b"m=image 40404 udptl t38\r\n",
        "media of nobody": _HEAD + b"m=smell 40404 RTP/AVP 0\r\n",
        "two audios": SDP + b"m=audio 40406 RTP/AVP 0\r\n",
        "40 audios": _HEAD + audio * 40,
        "audio and video": SDP + b"m=video 40406 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n",
        "directions at odds": SDP + b"a=recvonly\r\na=inactive\r\na=sendonly\r\n",
        "inactive": SDP.replace(b"sendrecv", b"inactive"),
        "groups broken": SDP + b"a=group:BUNDLE\r\na=mid:\r\na=group:X y z\r\n",
        "5,000 attributes": SDP + b"a=x:y\r\n" * 5_000,
        "one attribute of 40 KB": SDP + b"a=" + b"x" * 40_000 + b"\r\n",
        "nuls": SDP.replace(b"s=-", b"s=\0\0\0"),
        "not utf-8": SDP.replace(b"s=-", b"s=\xff\xfe\xe3"),
        "line feeds": SDP.replace(b"\r\n", b"\n"),
        "carriage returns": SDP.replace(b"\r\n", b"\r"),
        "no line end": SDP[:-2],
        "lines without values": b"v=\r\no=\r\ns=\r\nc=\r\nt=\r\nm=\r\na=\r\n",
        "lines without signs": b"v0\r\no\r\ns\r\nm\r\na\r\n",
        "lines upside down": b"\r\n".join(reversed(SDP.split(b"\r\n"))) + b"\r\n",
        "blanks": b" " * 2_000,
        "random": bytes((n * 167 + 13) % 256 for n in range(1_500)),
        "cut in the media": SDP[: SDP.index(b"RTP")],
    }  # fmt: skip
