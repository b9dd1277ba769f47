import { MEETINGS } from '../../support/e2e/meetings.ts';
import { describePeerixMeetings, SWAPPED } from '../../support/e2e/peerix-meetings.ts';

for (const meetings of Object.values(MEETINGS)) describePeerixMeetings(meetings, SWAPPED);
