/** axe-core over the window as it stands: violations of a serious or critical kind. */
import axe from 'axe-core'
import type { WeirApp } from './app'

/** Each with the rule and the elements, so that a failure says what to mend. */
export async function violations(app: WeirApp): Promise<string[]> {
  await app.page.evaluate(axe.source)
  // Colours on the way from one state to the other are not those to be judged; what pulses for ever is let be.
  await app.page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().iterations !== Infinity)
        .map((animation) => animation.finished.catch(() => undefined)),
    ),
  )
  return app.page.evaluate(async () => {
    const { axe: scanner } = window as unknown as { axe: typeof import('axe-core') }
    const { violations: found } = await scanner.run(document, { resultTypes: ['violations'] })
    return found
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`))
  })
}
