/** Alerts as notifications of the desktop: a few one by one, many at once as one with a list. */
import { Notification, shell } from 'electron'
import type { AlertNotice } from '../../shared/ipc/alerts'
import { notificationsOf } from './notification-text'
import type { NotificationText } from './notification-text'
import type { Words } from './translations'

export interface NotificationParts {
  words(): Words
  /** These were shown. */
  readonly shown: (ids: readonly string[]) => void
  /** Somebody clicked on it. */
  readonly open: (notice: AlertNotice) => void
  readonly log: (message: string) => void
}

export class AlertNotifications {
  /** Until they are clicked or closed: a notification without a reference loses its click. */
  readonly #kept = new Set<Notification>()
  readonly #told = new Set<string>()

  constructor(private readonly parts: NotificationParts) {}

  /** They come again until it is said that they were shown. */
  show(notices: readonly AlertNotice[]): void {
    const fresh = notices.filter(({ id }) => !this.#told.has(id))
    for (const text of notificationsOf(fresh, this.parts.words())) this.#showOne(text)
    if (fresh.some(({ sound }) => sound)) shell.beep()
    for (const { id } of fresh) this.#told.add(id)
    this.parts.shown(notices.map(({ id }) => id))
  }

  #showOne({ title, body, critical, notice }: NotificationText): void {
    if (!Notification.isSupported()) return this.parts.log(`no notifications here: ${title}`)
    const made = new Notification({ title, body, silent: true, urgency: critical ? 'critical' : 'normal' })
    this.#kept.add(made)
    const gone = (): void => void this.#kept.delete(made)
    made.on('click', () => {
      gone()
      this.parts.open(notice)
    })
    made.on('close', gone)
    made.on('failed', (_event, error) => {
      gone()
      this.parts.log(`a notification was not shown: ${error}`)
    })
    made.show()
  }
}
