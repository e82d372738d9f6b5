/** A window kind in words: `Tumbling, 1m`. */
import type { WindowKind } from '../../../shared/config/pipeline'
import { t } from '../../state/i18n.svelte'

export function describeWindow(window: WindowKind): string {
  switch (window.kind) {
    case 'tumbling':
      return t('window.tumbling', { size: window.size })
    case 'hopping':
      return t('window.hopping', { size: window.size, slide: window.slide })
    case 'cumulative':
      return t('window.cumulative', { size: window.size, step: window.step })
    case 'session':
      return t('window.session', { gap: window.gap })
    case 'calendar':
      return t('window.calendar', { unit: t(`unit.${window.unit}`), zone: window.zone })
    case 'count':
      return window.slide === undefined || window.slide === window.size
        ? t('window.count', { size: window.size })
        : t('window.countSlide', { size: window.size, slide: window.slide })
    case 'whole':
      return t('window.whole')
  }
}
