/** The parts of ECharts that are used, and nothing else of it. */
import { CustomChart, LineChart } from 'echarts/charts'
import { GridComponent, MarkAreaComponent, MarkLineComponent } from 'echarts/components'
import * as core from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import type { ECharts, EChartsCoreOption } from 'echarts/core'

core.use([CustomChart, LineChart, GridComponent, MarkAreaComponent, MarkLineComponent, CanvasRenderer])

export type { EChartsCoreOption }

/** A chart in an element: updated at most once a frame with the newest option, sized with its element. */
export class ChartInstance {
  readonly #chart: ECharts
  #option: EChartsCoreOption | null = null
  #scheduled = 0

  constructor(element: HTMLElement) {
    this.#chart = core.init(element, null, { renderer: 'canvas', devicePixelRatio: window.devicePixelRatio })
  }

  show(option: EChartsCoreOption): void {
    this.#option = option
    if (this.#scheduled === 0) this.#scheduled = requestAnimationFrame(() => this.#draw())
  }

  resize(width: number, height: number): void {
    this.#chart.resize({ width, height, silent: true })
  }

  dispose(): void {
    cancelAnimationFrame(this.#scheduled)
    this.#chart.dispose()
  }

  #draw(): void {
    this.#scheduled = 0
    // Lines that are in the option no more go; the others are changed where they differ.
    if (this.#option) this.#chart.setOption(this.#option, { replaceMerge: ['series'], lazyUpdate: false, silent: true })
  }
}
