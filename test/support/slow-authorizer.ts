import type { Authorizer } from '../../src/application/ports/authorizer.ts';
import { OPEN_GRANT } from '../../src/domain/grant.ts';
import { accepted, refused } from '../../src/domain/result.ts';

/** Answers when the test calls `answer`. */
export class SlowAuthorizer implements Authorizer {
  readonly headers = [];
  readonly tokens: (string | undefined)[] = [];
  answer: (mayEnter: boolean) => void = () => undefined;

  readonly authorize: Authorizer['authorize'] = ({ token }, answer) => {
    this.tokens.push(token);
    this.answer = (mayEnter) => answer(mayEnter ? accepted(OPEN_GRANT) : refused({ reason: 'token-missing' }));
  };
}
