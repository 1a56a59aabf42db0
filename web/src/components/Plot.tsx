import { VisuallyHidden } from '@mantine/core'

import type { Share } from '../api/shapes'
import { count } from '../human'
import { messages } from '../messages'
import classes from './Plot.module.css'

interface Props {
  title: string
  shares: Share[]
  onChoose?: (value: string) => void
}

const WIDTH = 600
const HEIGHT = 160
const WIDEST = 60

/** Bars over a line of values, such as years; a table for who cannot see them. */
export function Plot({ title, shares, onChoose }: Props) {
  const most = Math.max(...shares.map(({ files }) => files), 1)
  const step = WIDTH / Math.max(shares.length, 1)
  const width = Math.min(step * 0.82, WIDEST)
  return (
    <figure className={classes.plot}>
      <figcaption>
        {title} <span className={classes.most}>{count(most)}</span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {shares.map(({ value, files }, at) => {
          const height = files && Math.max((HEIGHT * files) / most, 1)
          return (
            <rect
              key={value}
              className={onChoose && classes.choosable}
              x={(at + 0.5) * step - width / 2}
              y={HEIGHT - height}
              width={width}
              height={height}
              onClick={() => onChoose?.(value)}
            >
              <title>{`${value}: ${messages.counts.all(files)}`}</title>
            </rect>
          )
        })}
      </svg>
      <p className={classes.ends} aria-hidden="true">
        <span>{shares[0]?.value}</span>
        {shares.length > 1 && <span>{shares.at(-1)?.value}</span>}
      </p>
      <VisuallyHidden>
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">{messages.statistics.value}</th>
              <th scope="col">{messages.statistics.number}</th>
            </tr>
          </thead>
          <tbody>
            {shares.map(({ value, files }) => (
              <tr key={value}>
                <th scope="row">{value}</th>
                <td>{count(files)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </VisuallyHidden>
    </figure>
  )
}
