/**
 * The table of pages. To add one:
 *
 * 1. its address into `page-paths.ts`, so that the service knows it too;
 * 2. its component into a file or folder of its own below `pages/`; `props.params` and `props.query` are those of its
 *    address. It renders `<Page title=…>` from `ui/page.tsx` and asks the service with `useAnswer` from `api/use-answer.ts`,
 *    which also gives what to show while it loads and where it fails; changes go through `call` from `api/call.ts`;
 * 3. its line below; `nav` puts it into the navigation, for those roles only where `roles` stands;
 * 4. its style, where the shared one does not do, into a file of `style/` that `style/console.css` imports;
 * 5. its name into `test/console/every-page.browser.test.ts`, which holds every page to axe, light and dark, phone and desktop.
 *
 * Nothing is loaded from elsewhere, nothing is written inline, and no text becomes markup: the policy of
 * src/http/console-files.ts refuses all three. What a verdict is, `verify/judge.ts` says, and no answer of the service.
 */
import type { ComponentType } from 'preact';
import type { PagePath } from './page-paths.ts';
import type { PageProps } from './page-props.ts';
import { ChangePage } from './pages/changes/change-page.tsx';
import { ChangesPage } from './pages/changes/changes-page.tsx';
import { ContractPage } from './pages/contracts/contract-page.tsx';
import { ContractsPage } from './pages/contracts/contracts-page.tsx';
import { PublishPage } from './pages/contracts/publish-page.tsx';
import { HomePage } from './pages/home-page.tsx';
import { ImagePage } from './pages/image/image-page.tsx';
import { InboxPage } from './pages/inbox/inbox-page.tsx';
import { EntryPage } from './pages/ledger/entry-page.tsx';
import { LedgerPage } from './pages/ledger/ledger-page.tsx';
import { RepositoriesPage } from './pages/repositories/repositories-page.tsx';
import { RepositoryPage } from './pages/repositories/repository-page.tsx';
import { RunPage } from './pages/runs/run-page.tsx';
import { RunsPage } from './pages/runs/runs-page.tsx';
import { SearchPage } from './pages/search/search-page.tsx';
import { SessionsPage } from './pages/sessions-page.tsx';
import { RevokePage } from './pages/signers/revoke-page.tsx';
import { SignerPage } from './pages/signers/signer-page.tsx';
import { SignersPage } from './pages/signers/signers-page.tsx';
import { TrustPage } from './pages/trust-page.tsx';
import { WaiverPage } from './pages/waivers/waiver-page.tsx';
import { WaiversPage } from './pages/waivers/waivers-page.tsx';
import type { Role } from './session/session.tsx';

type Route = {
  readonly page: ComponentType<PageProps>;
  /** Its name in the navigation; absent: reached from other pages only. */
  readonly nav?: string;
  /** Whose navigation it stands in; absent: everybody's. Who may is for the service to say. */
  readonly roles?: readonly Role[];
};

export const PAGES: Readonly<Record<PagePath, Route>> = {
  '/console/': { page: InboxPage, nav: 'For you' },
  '/console/images': { page: HomePage, nav: 'Images' },
  '/console/images/:digest': { page: ImagePage },
  '/console/publish': { page: PublishPage },
  '/console/repositories': { page: RepositoriesPage, nav: 'Repositories' },
  '/console/repositories/:repository+': { page: RepositoryPage },
  '/console/runs': { page: RunsPage, nav: 'Runs' },
  '/console/runs/:run': { page: RunPage },
  '/console/waivers': { page: WaiversPage, nav: 'Waivers' },
  '/console/waivers/:waiver': { page: WaiverPage },
  '/console/changes': { page: ChangesPage, nav: 'Changes', roles: ['admin', 'auditor'] },
  '/console/changes/:proposal': { page: ChangePage },
  '/console/contracts': { page: ContractsPage, nav: 'Contracts' },
  '/console/contracts/:contract': { page: ContractPage },
  '/console/signers': { page: SignersPage, nav: 'Signers' },
  '/console/signers/:signer': { page: SignerPage },
  '/console/ledger': { page: LedgerPage, nav: 'Ledger' },
  '/console/ledger/:seq': { page: EntryPage },
  '/console/search': { page: SearchPage, nav: 'Search' },
  '/console/sessions': { page: SessionsPage },
  '/console/signers/:signer/revoke': { page: RevokePage },
  '/console/trust': { page: TrustPage },
};
