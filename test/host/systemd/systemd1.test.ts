import { describe, expect, it } from 'vitest';
import { unitNameOf, unitPaths } from '../../../src/host/systemd/systemd1.ts';
import { fakeBus } from '../../fakes/bus.ts';

describe('unitNameOf', () => {
  it.each([
    ['a_2eservice', 'a.service'],
    ['_31st_2eservice', '1st.service'],
    ['dev_2dtty_40_2emount', 'dev-tty@.mount'],
    ['x_5cx5fy_2eservice', 'x\\x5fy.service'],
  ])('reads %s as %s', (label, name) => {
    expect(unitNameOf(`/org/freedesktop/systemd1/unit/${label}`)).toBe(name);
  });
});

describe('unitPaths', () => {
  it('gives the children that systemd describes', async () => {
    const xml = '<node><interface name="a.b"/><node name="a_2eservice"/><node name="b_2etimer"/></node>';
    const unit = '/org/freedesktop/systemd1/unit';
    expect(await unitPaths(fakeBus(() => [xml]))).toEqual([`${unit}/a_2eservice`, `${unit}/b_2etimer`]);
  });
});
