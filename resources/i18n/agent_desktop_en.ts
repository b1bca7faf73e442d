<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>ConsoleKeys</name>
    <message numerus="yes">
        <source>%n message(s)</source>
        <translation>
            <numerusform>%n message</numerusform>
            <numerusform>%n messages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FactRow</name>
    <message numerus="yes">
        <source>Does not match. Tries left: %n</source>
        <translation>
            <numerusform>Does not match. One try left</numerusform>
            <numerusform>Does not match. %n tries left</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FrameFeed</name>
    <message numerus="yes">
        <source>%n minute(s) left</source>
        <translation>
            <numerusform>%n minute left</numerusform>
            <numerusform>%n minutes left</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n change(s) are kept here and will be sent.</source>
        <translation>
            <numerusform>%n change is kept here and will be sent.</numerusform>
            <numerusform>%n changes are kept here and will be sent.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n change(s) are not sent yet.</source>
        <translation>
            <numerusform>%n change is not sent yet.</numerusform>
            <numerusform>%n changes are not sent yet.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n change(s) on the way to the centre.</source>
        <translation>
            <numerusform>%n change on the way to the centre.</numerusform>
            <numerusform>%n changes on the way to the centre.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>%n match</numerusform>
            <numerusform>%n matches</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n open ticket(s)</source>
        <translation>
            <numerusform>%n open ticket</numerusform>
            <numerusform>%n open tickets</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>GlanceBlock</name>
    <message numerus="yes">
        <source>%n open ticket(s)</source>
        <translation>
            <numerusform>%n open ticket</numerusform>
            <numerusform>%n open tickets</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>, %n at 2nd level</source>
        <translation>
            <numerusform>, %n at 2nd level</numerusform>
            <numerusform>, %n at 2nd level</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message numerus="yes">
        <source>%n message(s)</source>
        <translation>
            <numerusform>%n message</numerusform>
            <numerusform>%n messages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n not sent</source>
        <translation>
            <numerusform>%n not sent</numerusform>
            <numerusform>%n not sent</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HomePage</name>
    <message numerus="yes">
        <source>%n open</source>
        <translation>
            <numerusform>%n open</numerusform>
            <numerusform>%n open</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n open ticket(s)</source>
        <translation>
            <numerusform>%n open ticket</numerusform>
            <numerusform>%n open tickets</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LineBox</name>
    <message numerus="yes">
        <source>%n new message(s) in the mailbox</source>
        <translation>
            <numerusform>%n new message in the mailbox</numerusform>
            <numerusform>%n new messages in the mailbox</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LinkedBlock</name>
    <message numerus="yes">
        <source>%n customer(s)</source>
        <translation>
            <numerusform>%n customer</numerusform>
            <numerusform>%n customers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PasswordChange</name>
    <message numerus="yes">
        <source>Your password is good for %n more day(s).</source>
        <translation>
            <numerusform>Your password is good for %n more day.</numerusform>
            <numerusform>Your password is good for %n more days.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PhonePage</name>
    <message numerus="yes">
        <source>%n new message(s)</source>
        <translation>
            <numerusform>%n new message</numerusform>
            <numerusform>%n new messages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PresenceFeed</name>
    <message numerus="yes">
        <source>{names} · and %n more</source>
        <translation>
            <numerusform>{names} · and %n more</numerusform>
            <numerusform>{names} · and %n more</numerusform>
        </translation>
    </message>
</context>
</TS>
