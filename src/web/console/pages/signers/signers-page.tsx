import type { SignerView } from '../../api/found.ts';
import { usePages } from '../../api/use-pages.ts';
import { signerAddress } from '../../page-addresses.ts';
import { Page } from '../../ui/page.tsx';
import { PagedList } from '../../ui/paged-list.tsx';
import { Fact, Row, Rows } from '../../ui/rows.tsx';
import { StateTag } from '../../ui/state-tag.tsx';
import { Empty } from '../../ui/states.tsx';
import { Until } from '../../ui/until.tsx';
import { signerName, signerScope } from './signer-name.ts';

/** The keys that attest, and those of the service, with their ages. */
export function SignersPage() {
  const paged = usePages<SignerView>('/v1/signers');
  return (
    <Page title="Signers" lead="Keys that may attest, where, and how old they are; the service’s own among them.">
      <PagedList paged={paged} what="signers" empty={<Empty title="There is no signer." />}>
        {(signers) => (
          <Rows label="Signers">
            {signers.map((signer) => (
              <Signer key={signer.signer} of={signer} />
            ))}
          </Rows>
        )}
      </PagedList>
    </Page>
  );
}

function Signer({ of }: { readonly of: SignerView }) {
  const { signer, use, algorithm, state, registeredAt, expiresAt } = of;
  return (
    <Row name={<a href={signerAddress(signer)}>{signerName(of)}</a>} state={<StateTag state={state} />}>
      <Fact name={use === 'attest' ? 'attests' : 'of'}>{signerScope(of)}</Fact>
      <Fact name="registered">
        <Until time={registeredAt} />
      </Fact>
      {expiresAt !== undefined && (
        <Fact name="too old">
          <Until time={expiresAt} />
        </Fact>
      )}
      <Fact name={algorithm}>
        <span class="mono">{signer.slice(0, 12)}</span>
      </Fact>
    </Row>
  );
}
