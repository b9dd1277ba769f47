import { describe, expect, it } from 'vitest';
import type { VerifiedToken } from '../../../../../src/application/ports/authenticator.ts';
import type { BrokerEnvironment } from '../../../../../src/composition/broker-environment.ts';
import { MqttBroker, type MqttClient } from '../../../../support/mqtt-broker.ts';
import { hmacToken, NOW, SECRET } from '../../../../support/tokens.ts';

/** The tokens `publisher`, `subscriber` and `both`, for the topic garden and for one minute. */
const TOKENS: Partial<BrokerEnvironment> = {
  authenticator: {
    verify(token, use, onRefused): VerifiedToken | undefined {
      const claims = { publish: use === 'publisher' ? ['garden'] : [], subscribe: use === 'subscriber' ? ['garden'] : [] };
      if (token === use || token === 'both') return { type: undefined, claims: { mercure: claims }, lifetime: 60_000 };
      onRefused?.(token === 'old' ? { reason: 'token-expired' } : { reason: 'token-invalid', detail: 'signature' });
      return undefined;
    },
  },
};

describe('MQ4, MER7: the tokens of Mercure', () => {
  const start = (config = {}): MqttBroker => new MqttBroker({ dialects: ['mqtt', 'mercure'], ...config }, TOKENS);
  const open = (broker: MqttBroker, password: string | undefined, version: 4 | 5 = 5): MqttClient =>
    broker.open(version).connect({
      clientId: `${password}${version}`,
      ...(password !== undefined && { username: 'ann', password: Buffer.from(password) }),
    });

  it.each([
    [undefined, '20020005', 0x87, 'Authentication required'],
    ['wrong', '20020004', 0x86, 'Invalid token'],
    ['old', '20020004', 0x86, 'Token expired'],
  ])('MQ6: a client with the password %s is refused', (password, three, reasonCode, reasonString) => {
    expect(open(start(), password, 4).last).toBe(three);
    expect(open(start(), password).received).toMatchObject([{ reasonCode, properties: { reasonString } }]);
  });

  it('MQ14, MQ16: limit what a client may publish, and whether it may subscribe', () => {
    const broker = start();
    const [ann, bob] = [open(broker, 'publisher').subscribe('garden'), open(broker, 'subscriber').subscribe('garden')];
    expect([ann.last, bob.last]).toEqual(['9004000100' + '87', '900400010000']);
    expect(ann.publish('garden', '1', { qos: 1, messageId: 5 }).last).toBe('40020005');
    expect(ann.publish('house', '2', { qos: 1, messageId: 5 }).last).toBe('4003000587');
    expect(ann.publish('house', '2', { qos: 2, messageId: 6 }).last).toBe('5003000687');
    expect(open(broker, 'publisher', 4).publish('house', '3', { qos: 1, messageId: 7 }).last).toBe('40020007');
    expect(bob.told).toEqual(['garden 1']);
  });

  it('MQ21: limit the topic of a will', () => {
    const broker = start({ mercureAnonymous: true });
    const bob = broker.join(4, '#');
    for (const topic of ['garden', 'house']) {
      const will = { topic, payload: Buffer.from('gone'), qos: 0, retain: false } as const;
      broker
        .open()
        .connect({ clientId: topic, username: 'x', password: Buffer.from('publisher'), will })
        .client.cut();
    }
    expect(bob.told).toEqual(['garden gone']);
  });

  it('MQ11: end the connection when they expire', () => {
    const broker = start({ aliveTimeout: 600_000 });
    const ann = open(broker, 'both');
    broker.advance(60_000);
    expect([ann.last, ann.closeCode]).toEqual(['e001a0', 4003]);
  });
});

describe('MQ4, A1: with auth and without Mercure', () => {
  const start = (): MqttBroker => new MqttBroker({ auth: 'required', authKeys: [SECRET] }, { unixTime: () => NOW * 1000 });
  const token = (claims: object): Buffer => Buffer.from(hmacToken({ sub: 'ann', exp: Date.now() / 1000 + 3600, ...claims }));

  it('MQ14: the password limits the topics, and patterns are not among them', () => {
    const password = token({ signalbox: { topics: { subscribe: ['garden'] } } });
    const ann = start().open(5).connect({ username: 'ann', password }).subscribe('garden', 'house', '#');
    expect(ann.received.at(-1)).toMatchObject({ granted: [0, 0x87, 0x87] });
  });

  it('MQ8: the same owner takes over a client id, and another one does not', () => {
    const broker = start();
    const connect = (sub: string, jti: string): MqttClient =>
      broker.open(5).connect({ username: 'x', password: token({ sub, jti }), clientId: 'phone' });
    const first = connect('ann', '1');
    expect(connect('bob', '2').received).toMatchObject([{ reasonCode: 0x85 }]);
    expect(first.closeCode).toBeUndefined();
    expect(connect('ann', '3').received).toMatchObject([{ reasonCode: 0 }]);
    expect([first.last, first.closeCode]).toEqual(['e0018e', 4001]);
  });
});

describe('MQ8: a client id that is in use', () => {
  const will = { topic: 'w', payload: Buffer.from('gone'), qos: 0, retain: false } as const;

  it('T16: is taken over with the same password, and the will of the old connection is published', () => {
    const broker = new MqttBroker();
    const bob = broker.join(4, '#');
    const first = broker.open().connect({ clientId: 'phone', will });
    const second = broker.open().connect({ clientId: 'phone' });
    expect([first.closeCode, second.last, bob.told]).toEqual([4001, '20020000', ['w gone']]);
    const third = broker.open().connect({ clientId: 'phone', username: 'x', password: Buffer.from('other') });
    expect([third.last, second.closeCode]).toEqual(['20020002', undefined]);
    second.send({ cmd: 'disconnect' });
    const fourth = broker.open().connect({ clientId: 'phone', username: 'x', password: Buffer.from('other') });
    expect(fourth.last).toBe('20020000');
  });

  it('T16: is taken over in a realm that is full', () => {
    const broker = new MqttBroker({ concurrentLimit: 1 });
    const first = broker.open().connect({ clientId: 'phone' });
    expect(broker.open().connect({ clientId: 'other' }).last).toBe('20020003');
    expect([broker.open().connect({ clientId: 'phone' }).last, first.closeCode]).toEqual(['20020000', 4001]);
  });
});
