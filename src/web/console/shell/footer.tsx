import { useLedger } from '../live/ledger.tsx';
import { VERSION } from '../program.ts';

/** What stands below every page: how current it is, and what it rests on. */
export function Footer() {
  const { size, live } = useLedger();
  return (
    <footer class="bottom">
      <p>
        {live ? 'Follows the ledger' : 'Not following the ledger: the service does not answer'}
        {size !== undefined && `, ${size.toLocaleString('en')} entries`}.
      </p>
      <p>
        Verdicts are computed in this browser by Waybill core {VERSION}. The program came from this service: what binds
        in a dispute is the evidence, checked with <code>waybill verify</code> or a released <code>verifier.html</code>.
      </p>
    </footer>
  );
}
