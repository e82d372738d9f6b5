/** The kinds of windows, the most used first, with the settings of each that are typed. */
export const WINDOW_KINDS = ['tumbling', 'hopping', 'cumulative', 'session', 'calendar', 'count', 'whole'] as const
export const CALENDAR_UNITS = ['hour', 'day', 'week', 'month'] as const

interface WindowField {
  readonly name: string
  readonly placeholder: string
}
const offset: WindowField = { name: 'offset', placeholder: '0s' }
const size: WindowField = { name: 'size', placeholder: '10m' }

export const WINDOW_FIELDS: Readonly<Record<string, readonly WindowField[]>> = {
  tumbling: [size, offset],
  hopping: [size, { name: 'slide', placeholder: '1m' }, offset],
  cumulative: [size, { name: 'step', placeholder: '1h' }, offset],
  session: [{ name: 'gap', placeholder: '5m' }],
  calendar: [
    { name: 'zone', placeholder: 'UTC' },
    { name: 'startsAt', placeholder: '00:00' },
  ],
  count: [
    { name: 'size', placeholder: '100' },
    { name: 'slide', placeholder: '100' },
  ],
}
