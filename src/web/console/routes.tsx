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
import { PublishPage } from './pages/contracts/publish-page.tsx';
import { HomePage } from './pages/home-page.tsx';
import { ImagePage } from './pages/image/image-page.tsx';
import { SessionsPage } from './pages/sessions-page.tsx';
import { RevokePage } from './pages/signers/revoke-page.tsx';
import { TrustPage } from './pages/trust-page.tsx';
import type { Role } from './session/session.tsx';

type Route = {
  readonly page: ComponentType<PageProps>;
  /** Its name in the navigation; absent: reached from other pages only. */
  readonly nav?: string;
  /** Whose navigation it stands in; absent: everybody's. Who may is for the service to say. */
  readonly roles?: readonly Role[];
};

export const PAGES: Readonly<Record<PagePath, Route>> = {
  '/console/': { page: HomePage, nav: 'Images' },
  '/console/images/:digest': { page: ImagePage },
  '/console/publish': { page: PublishPage, nav: 'Publish a contract', roles: ['admin'] },
  '/console/sessions': { page: SessionsPage },
  '/console/signers/:signer/revoke': { page: RevokePage },
  '/console/trust': { page: TrustPage },
};
