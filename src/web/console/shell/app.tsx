import { LocationProvider, Route, Router, useLocation } from 'preact-iso/router';
import { LedgerProvider } from '../live/ledger.tsx';
import { PAGES } from '../routes.tsx';
import { SessionProvider, useSession } from '../session/session.tsx';
import { SignIn } from '../session/sign-in.tsx';
import { TrustProvider } from '../trust/trust.tsx';
import { Page } from '../ui/page.tsx';
import { Loading } from '../ui/states.tsx';
import { Footer } from './footer.tsx';
import { Header } from './header.tsx';
import { PageGuard } from './page-guard.tsx';

/** The console: who is signed in, then the page of the address. */
export function App() {
  return (
    <LocationProvider scope="/console">
      <SessionProvider>
        <Signed />
      </SessionProvider>
    </LocationProvider>
  );
}

function Signed() {
  const session = useSession();
  if (session.state === 'asking') return <Loading what="the console" />;
  if (session.state === 'out') return <SignIn why={session.why} />;
  return (
    <LedgerProvider>
      <TrustProvider>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <Header />
        <Pages />
        <Footer />
      </TrustProvider>
    </LedgerProvider>
  );
}

function Pages() {
  const { url } = useLocation();
  return (
    <PageGuard key={url.split('?')[0]}>
      <Router>
        {[
          ...Object.entries(PAGES).map(([path, { page }]) => <Route key={path} path={path} component={page} />),
          <Route key="none" default component={NotFound} />,
        ]}
      </Router>
    </PageGuard>
  );
}

function NotFound() {
  return (
    <Page title="There is no such page" lead="Nothing stands at this address.">
      <p>
        <a href="/console/">To the start</a>
      </p>
    </Page>
  );
}
