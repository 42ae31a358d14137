/** The console in a browser. Built by scripts/build-web.ts; docs/spec/console.md says what it may do. */
import { render } from 'preact';
import { App } from './shell/app.tsx';
import { startJudge } from './verify/judge.ts';
import { showEveryCharacter } from './visible-text.ts';

// While the page asks who is signed in, the program that verifies is fetched and read.
startJudge();
showEveryCharacter();
const place = document.getElementById('console');
if (place !== null) render(<App />, place);
