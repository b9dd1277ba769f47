import { MEETINGS } from '../../support/e2e/meetings.ts';
import { describePeerixMeetings } from '../../support/e2e/peerix-meetings.ts';

describePeerixMeetings(MEETINGS.nats);
