import { Component, type ComponentChildren } from 'preact';
import { type Problem, problemOfError } from '../api/call.ts';
import { Page } from '../ui/page.tsx';
import { ProblemNote } from '../ui/states.tsx';

type Props = { readonly children: ComponentChildren };

/** A page that makes a mistake takes the others not along. */
export class PageGuard extends Component<Props, { readonly problem?: Problem }> {
  override state: { readonly problem?: Problem } = {};

  override componentDidCatch(error: unknown): void {
    this.setState({ problem: problemOfError(error) });
  }

  override render() {
    const { problem } = this.state;
    if (problem === undefined) return this.props.children;
    return (
      <Page title="This page cannot be shown">
        <ProblemNote problem={problem} retry={() => location.reload()} />
      </Page>
    );
  }
}
