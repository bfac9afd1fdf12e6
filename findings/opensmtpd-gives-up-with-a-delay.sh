#!/usr/bin/env bash
# OpenSMTPD 6.8.0p2-4+b4 of Debian 12, with its libevent 2.1.12-stable-8. Needs root, for a view of the file system and a
# network of its own; those of the machine stay as they are.
#
# Guess: a mail system that gives a mail up after the time in its queue reports `Action: failed` (RFC 3464 §2.3.3), and
#        the status that a mail server gave with a refusal.
# Seen:  when the time is over, OpenSMTPD deletes the mail and sends one report, which says that it is "delayed for more
#        than 0 seconds", that this is "only a temporary failure", and `Action: delayed`, `Status: 4.4.7`. Of a refusal
#        with 550 5.1.1 it says `Status: 5.0.0` and nothing else for machines.
# So:    src/mail/bounces/report.ts believes the words "Envelope expired", and looks for the reason in the text.
set -euo pipefail
[ "$(id -u)" = 0 ] || { echo 'this needs root'; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
apt-get download -qq -o APT::Sandbox::User=root opensmtpd=6.8.0p2-4+b4 libevent-2.1-7=2.1.12-stable-8 > /dev/null
for deb in *.deb; do dpkg -x "$deb" root; done
cp /etc/passwd /etc/group .
printf 'opensmtpd:x:9871:9871::/:/bin/false\nopensmtpq:x:9872:9872::/:/bin/false\n' >> passwd
printf 'opensmtpd:x:9871:\nopensmtpq:x:9872:\n' >> group
cat > smtpd.conf <<'CONF'
listen on 127.0.0.1 port 2525 hostname relay.example.com
queue ttl 3s
action "out" relay host smtp://127.0.0.1:2599
match from any for any action "out"
CONF
# A mail server that has no mailbox "unknown", is too busy for "busy", and keeps what comes for others.
cat > server.py <<'PY'
import socketserver
class Server(socketserver.StreamRequestHandler):
    def say(self, line): self.wfile.write(line.encode() + b'\r\n')
    def handle(self):
        self.say('220 mail.example.net ESMTP')
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b'RCPT' and b'unknown@' in line: self.say('550 5.1.1 No such user')
            elif verb == b'RCPT' and b'busy@' in line: self.say('451 4.3.2 Try again later')
            elif verb == b'DATA':
                self.say('354 Go on')
                with open('reports', 'ab') as reports:
                    for line in self.rfile:
                        if line == b'.\r\n': break
                        reports.write(line)
                self.say('250 2.0.0 Kept')
            elif verb == b'QUIT': return self.say('221 Bye')
            else: self.say('250 OK')
socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(('127.0.0.1', 2599), Server).serve_forever()
PY
cat > inside.sh <<'SH'
set -euo pipefail
ip link set lo up 2> /dev/null || python3 -c "
import fcntl, socket, struct
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s: fcntl.ioctl(s, 0x8914, struct.pack('16sh', b'lo', 0x1 | 0x40))"
mount --bind passwd /etc/passwd
mount --bind group /etc/group
for place in /var/spool /var/lib /run; do mount -t tmpfs tmpfs "$place"; done
mkdir -p /var/lib/opensmtpd/empty /var/spool/smtpd
chmod 711 /var/spool/smtpd
export LD_LIBRARY_PATH=$PWD/root/usr/lib/x86_64-linux-gnu
python3 server.py & server=$!
root/usr/sbin/smtpd -d -f "$PWD/smtpd.conf" > smtpd.log 2>&1 & smtpd=$!
python3 - <<'PY'
import smtplib, time
for _ in range(100):
    try: smtp = smtplib.SMTP('127.0.0.1', 2525); break
    except OSError: time.sleep(0.1)
for name in 'unknown', 'busy':
    smtp.sendmail('us@example.org', [f'{name}@example.net'], f'Subject: Hello\r\nTo: {name}@example.net\r\n\r\nHello\r\n')
PY
for _ in $(seq 300); do
  [ -e reports ] && [ "$(grep -c '^Action:' reports)" = 2 ] && break
  sleep 0.2
done
kill "$smtpd" "$server"
SH
unshare --mount --net --pid --fork --kill-child bash inside.sh || { cat smtpd.log; exit 1; }
grep -E '^(Final-Recipient|Action|Status)|^(unknown|busy)@|temporary' reports
tr -d '\r' < reports > read
grep -q 'Expire for .*busy@example.net' smtpd.log || { echo 'it has not given up'; exit 1; }
[ "$(grep -A2 'Final-Recipient: rfc822; busy@' read | sed -n 2,3p | tr '\n' ' ')" = 'Action: delayed Status: 4.4.7 ' ] || exit 1
[ "$(grep -A2 'Final-Recipient: rfc822; unknown@' read | sed -n 2,3p | tr '\n' ' ')" = 'Action: failed Status: 5.0.0 ' ] || exit 1
echo 'as described'
