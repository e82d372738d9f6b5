/** The clock of a time zone, for times that people read. */
export { ZoneClock } from '../windows/calendar'
