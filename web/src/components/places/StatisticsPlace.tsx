import { isScanning, useLibraries, useScan } from '../../api/queries'
import { useStatistics } from '../../api/statistics'
import { fillMonths, fillYears } from '../../filling'
import { count, size } from '../../human'
import { messages } from '../../messages'
import { DEFAULTS, FORMATS, type View } from '../../view'
import { Answer } from '../Answer'
import { Notice } from '../Notice'
import type { PlaceProps } from '../Place'
import { Plot } from '../Plot'
import { Shares } from '../Shares'
import { addUp } from '../totals'
import classes from './places.module.css'
import own from './StatisticsPlace.module.css'

const texts = messages.statistics

/** What all comics add up to; a bar that is clicked shows which they are. */
export default function StatisticsPlace({ show }: PlaceProps) {
  const statistics = useStatistics()
  const list = (wanted: Partial<View>) => show({ ...DEFAULTS, ...wanted })
  return (
    <div className={classes.stack}>
      <Tiles list={list} />
      <Answer query={statistics}>
        {({ growth, years, formats, publishers, faults }) =>
          growth.length === 0 ? (
            <Notice title={texts.none} hint={texts.noneHint} />
          ) : (
            <div className={own.plots}>
              <Plot title={texts.growth} shares={fillMonths(growth)} />
              <Plot title={texts.years} shares={fillYears(years)} onChoose={(year) => list({ year: Number(year) })} />
              <Shares
                title={texts.publishers}
                shares={publishers}
                onChoose={(publisher) => list({ publisher })}
              />
              <div className={classes.part}>
                <Shares
                  title={texts.formats}
                  shares={formats}
                  onChoose={(value) => list({ format: FORMATS.find((one) => one === value) ?? null })}
                />
                {faults.length > 0 ? (
                  <Shares
                    title={texts.faults}
                    shares={faults}
                    onChoose={(reason) => list({ place: 'broken', reason })}
                  />
                ) : (
                  <p className={classes.hint}>{texts.noFaults}</p>
                )}
              </div>
            </div>
          )
        }
      </Answer>
    </div>
  )
}

function Tiles({ list }: { list: (wanted: Partial<View>) => void }) {
  const libraries = useLibraries(isScanning(useScan().data))
  const totals = addUp(libraries.data)
  if (!totals) return null
  const bytes = libraries.data?.reduce((sum, library) => sum + library.bytes, 0) ?? 0
  const tiles: [name: string, value: string, wanted: Partial<View>][] = [
    [texts.comics, count(totals.files), {}],
    [texts.size, size(bytes), { sort: 'size', direction: 'desc' }],
    [texts.unmarked, count(totals.unmarked), { filter: 'unmarked' }],
    [texts.duplicates, count(totals.duplicates), { filter: 'duplicates' }],
    [texts.broken, count(totals.faulty), { place: 'broken' }],
    [texts.missing, count(totals.missing), { place: 'missing' }],
  ]
  return (
    <ul className={own.tiles}>
      {tiles.map(([name, value, wanted]) => (
        <li key={name}>
          <button type="button" onClick={() => list(wanted)}>
            <strong>{value}</strong>
            {name}
          </button>
        </li>
      ))}
    </ul>
  )
}
