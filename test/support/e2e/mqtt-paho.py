"""What Paho for Python observes at an MQTT broker over WebSocket, as one line of JSON. Usage: mqtt-paho.py HOST PORT VERSION"""
import json
import queue
import sys
import time

import paho.mqtt.client as mqtt
from paho.mqtt.properties import Properties
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.subscribeoptions import SubscribeOptions

HOST, PORT, VERSION = sys.argv[1], int(sys.argv[2]), sys.argv[3]
TIMEOUT = 60
IS_5 = VERSION == "5.0"


class User:
    """A connected client. Its methods wait for the acknowledgement of the broker."""

    def __init__(self, name, will=None, keepalive=60):
        self.answers, self.messages = queue.Queue(), queue.Queue()
        protocol = mqtt.MQTTv5 if IS_5 else mqtt.MQTTv311
        self.client = mqtt.Client(f"{name}-{VERSION}", protocol=protocol, transport="websockets")
        self.client.ws_set_options(path="/mqtt")
        if will is not None:
            self.client.will_set("wills", will, qos=1)
        self.disconnects = []
        self.client.on_connect = lambda _client, _data, flags, rc, *_: self.answers.put((flags["session present"], int_of(rc)))
        self.client.on_subscribe = lambda _client, _data, _mid, granted, *_: self.answers.put([int_of(code) for code in granted])
        self.client.on_unsubscribe = lambda *_: self.answers.put("unsubscribed")
        self.client.on_disconnect = lambda _client, _data, rc, *_: self.disconnects.append(int_of(rc))
        self.client.on_message = lambda _client, _data, message: self.messages.put(message)
        self.client.connect(HOST, PORT, keepalive)
        self.client.loop_start()
        self.connack = self.answer()

    def answer(self):
        return self.answers.get(timeout=TIMEOUT)

    def subscribe(self, topic, qos=0, **options):
        if IS_5:
            self.client.subscribe(topic, options=SubscribeOptions(qos=qos, **options))
        else:
            self.client.subscribe(topic, qos)
        return self.answer()

    def publish(self, topic, payload, qos=0, retain=False, properties=None):
        self.client.publish(topic, payload, qos, retain, properties).wait_for_publish(TIMEOUT)

    def received(self, count):
        messages = [self.messages.get(timeout=TIMEOUT) for _ in range(count)]
        return [[message.topic, message.payload.decode(), bool(message.retain)] for message in messages]

    def received_until(self, marker):
        """The payloads before the marker."""
        payloads = []
        while marker not in payloads:
            payloads.append(self.received(1)[0][1])
        return payloads[:-1]

    def cut(self):
        self.client.loop_stop()
        self.client.socket().close()

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


def int_of(code):
    return code if isinstance(code, int) else code.value


def main():
    ann, bob = User("ann"), User("bob")
    seen = {"connack": ann.connack, "suback": ann.subscribe("garden/#", qos=2)}

    for qos in (0, 1, 2):
        bob.publish("garden/a", f"QoS {qos}", qos)
    seen["publications"] = ann.received(3)

    bob.publish("garden/kept", "kept", qos=1, retain=True)
    seen["live"] = ann.received(1)
    late = User("late")
    late.subscribe("garden/+")
    seen["retained"] = late.received(1)
    late.client.unsubscribe("garden/+")
    late.answer()
    late.subscribe("late")
    bob.publish("garden/a", "unheard", qos=1)
    bob.publish("late", "end", qos=1)
    seen["unsubscribed"] = late.received_until("end")
    ann.received(1)

    ann.subscribe("wills")
    leaving, cut = User("leaving", will="left"), User("cut", will="gone")
    leaving.close()
    cut.cut()
    seen["wills"] = ann.received(1)

    workers = [User("one"), User("two")]
    for worker in workers:
        worker.subscribe("$share/workers/jobs/+")
        worker.subscribe("end")
    for number in range(10):
        bob.publish("jobs/a", str(number), qos=1)
    bob.publish("end", "end", qos=1)
    seen["shared"] = [worker.received_until("end") for worker in workers]

    quiet = User("quiet", keepalive=4)
    quiet.subscribe("quiet")
    # Longer than 1.5 times the keep alive.
    time.sleep(7)
    bob.publish("quiet", "still here", qos=1)
    seen["kept alive"] = [quiet.received(1), quiet.disconnects]

    if IS_5:
        properties = Properties(PacketTypes.PUBLISH)
        properties.ContentType = "text/plain"
        properties.UserProperty = [("a", "b")]
        ann.subscribe("own", noLocal=True)
        bob.subscribe("own")
        ann.publish("own", "mine", qos=1, properties=properties)
        message = bob.messages.get(timeout=TIMEOUT)
        seen["properties"] = [message.properties.ContentType, message.properties.UserProperty]
        bob.publish("own", "end", qos=1)
        seen["no local"] = ann.received_until("end")
    print(json.dumps(seen))


main()
