import type { WaiverView } from '../../api/found.ts';
import { waiverAddress } from '../../page-addresses.ts';
import { Digest, imageAddress } from '../../ui/digest.tsx';
import { Fact, Row, Rows } from '../../ui/rows.tsx';
import { StateTag } from '../../ui/state-tag.tsx';
import { Until } from '../../ui/until.tsx';

type WaiverRowsProps = { readonly label: string; readonly waivers: readonly WaiverView[] };

export function WaiverRows({ label, waivers }: WaiverRowsProps) {
  return (
    <Rows label={label}>
      {waivers.map((waiver) => (
        <Row
          key={waiver.waiver}
          name={<a href={waiverAddress(waiver.waiver)}>{scopeInWords(waiver)}</a>}
          state={<StateTag state={waiver.state} />}
        >
          <Fact name={`in ${waiver.repository},`}>
            <Digest digest={waiver.digest} href={imageAddress(waiver.digest, waiver.repository)} />
          </Fact>
          <End of={waiver} />
          <Fact name="asked for by">{waiver.requested.principal}</Fact>
        </Row>
      ))}
    </Rows>
  );
}

/** When it ends or ended; one that was revoked ended then, whenever it was to. */
function End({ of: { state, expires, revoked } }: { readonly of: WaiverView }) {
  const time = state === 'revoked' && revoked !== undefined ? revoked.time : expires;
  const name = state === 'revoked' ? 'revoked' : Date.parse(time) > Date.now() ? 'ends' : 'ended';
  return (
    <Fact name={name}>
      <Until time={time} />
    </Fact>
  );
}

/** What is exempted: `contract/stage scan of shop`. */
export function scopeInWords({ check, stage, rule, contract }: WaiverView): string {
  return [check, stage, rule, 'of', contract].filter((part) => part !== undefined).join(' ');
}
