"""Report descriptors recorded from devices, and where each was published.

Only the bytes are taken: they are what the devices themselves say over USB.
"""

from __future__ import annotations

#: Dell SP325 speakerphone (413c:8223), from its sysfs file; published as the test data of a
#: button mapper ("SP325_DESCRIPTOR", dumped 2026-05-13). One report of switches and toggles,
#: all lamps in one report of the same id; vendor collections before it.
DELL_SP325 = bytes.fromhex(
    "050c0901a101850c1500250109e909ea09e209cd09b509b609b009b1750195088102c00613ff0901a1011500"
    "26ff00850609007508953d9102850709007508953d8102c00614ff0901a1011500"
    "26ff0085100900750895058102c00699ff0901a101859a150026ff00951f75080903b102"
    "859b150025019501750109048106750195078101c0050b0905a101"
    "1500250175018505092095018122092f95018106092409210997092a"
    "0950950581060907050909017501950181020508850509170909091809200921092a9506912295029101c0"
)

#: Plantronics Blackwire 3220 (047f:c056), the telephony collection as hidapi's reconstructor
#: printed it on Windows; libusb/hidapi pull request 262. Mute in the first bit, hook and flash
#: behind it, one report for each lamp. Closed after its second lamp: the print is longer.
PLANTRONICS_3220 = bytes.fromhex(
    "050b0905a101"
    "8508092f15002501750195018106"
    "09200921150025017501950281228509050809091500250175019501912285170917"
    "15002501750195019122c0"
)

#: Anker PowerConf (291a:3301), 191 bytes from its sysfs file; published as the test data of a
#: voice assistant ("powerConfDescriptor"). The hook is declared constant; a keypad of digits is
#: an array in a collection of its own; the page of button 7 (reject) is set after the usage.
ANKER_POWERCONF = bytes.fromhex(
    "050c0901a10185011500250109e909ea09e209cd09b509b609b309b7750195088142c0"
    "050b0905a1018502050b15002501092009977501950281230"
    "92f0921097009507501950481070906a10219b029bb1500250c750495018140c0"
    "0907150025010509750195018102750195058101"
    "050815002501091709090918092009217501950591 22".replace(" ", "")
    + "050b15002501099e7501950191227501950a9101c0"
    "0600ff0901a101850309011500 26ff00953f7508810209011500 26ff00953f75089102c0".replace(" ", "")
)

#: Logitech MX Brio (a camera with a mute key), from the system's registry on macOS; published
#: with a decoder ("RAW_DESCRIPTOR"). Mute and its lamp only, lamps on two pages.
LOGITECH_BRIO = bytes.fromhex(
    "0600ff0901a1018540150025010902750195018106090375019501810695068101"
    "8541150026ff00090195027508910285420901810285430901810285440901950"
    "491028545090181028546950209018102854709018102c00601ff0901a101850a"
    "150026ff000901951f75088102c00602ff0901a1010509190129011500257f850"
    "1950175088102c006a1ff0903a1018555150026ff000903950675088102c00699"
    "ff0903a101859a0903150026ff00951f75080903b20201c0050b0905a10185081"
    "5002501092f750195018106092075019501812295068101050885080909750195"
    "019122050b092a75019501912295069101c0"
)

#: Razer Seiren (a microphone), from its sysfs file; published as the test data of a mouse tool
#: ("RAZER_MIC"). A hook switch, no lamp at all; most of it is about the media keys.
RAZER_MICROPHONE = bytes.fromhex(
    "050c0901a10185011500250109e909ea75019502814209cd09b509b609b709e2"
    "9505810606ff01090195018106050c090095088106090075089502810606ff07"
    "0901950b81020900950f9102c0050b0905a10185020920150025019501750181"
    "23950175078107c0"
)

#: A mouse of three keys and a wheel (HID 1.11, appendix E.10): no telephone at all, no ids.
MOUSE = bytes.fromhex(
    "05010902a1010901a10005091901290315002501950375018102950175058101"
    "05010930093115812 57f750895028106c0c0".replace(" ", "")
)

RECORDED = {
    "Dell SP325": DELL_SP325,
    "Plantronics Blackwire 3220": PLANTRONICS_3220,
    "Anker PowerConf": ANKER_POWERCONF,
    "Logitech MX Brio": LOGITECH_BRIO,
    "Razer Seiren": RAZER_MICROPHONE,
}
