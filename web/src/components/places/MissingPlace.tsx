import { useMissing } from '../../api/missing'
import { date, seconds, size, since } from '../../human'
import { messages } from '../../messages'
import { Answer, More } from '../Answer'
import { For } from '../For'
import { Forgetting } from '../Forgetting'
import { Notice } from '../Notice'
import { OpenButton } from '../OpenButton'
import type { PlaceProps } from '../Place'
import classes from './places.module.css'

const texts = messages.missing

/** Comics whose files have gone, since when, and the way to forget them. */
export default function MissingPlace({ show }: PlaceProps) {
  const query = useMissing()
  return (
    <div className={classes.stack}>
      <Answer query={query}>
        {(files) =>
          files.length === 0 ? (
            <Notice title={texts.none} hint={texts.noneHint} />
          ) : (
            <>
              <p className={classes.hint}>{texts.hint}</p>
              <For role="admin">
                <Forgetting />
              </For>
              <ul className={classes.rows}>
                {files.map((file) => (
                  <li key={file.id} className={classes.row}>
                    <div className={classes.what}>
                      <OpenButton file={file} show={show} />
                      <span className={classes.soft}>{file.relative_path}</span>
                    </div>
                    <span className={classes.soft} title={date(seconds(file.missing_since))}>
                      {texts.since(since(seconds(file.missing_since)))} · {size(file.size)}
                    </span>
                  </li>
                ))}
              </ul>
            </>
          )
        }
      </Answer>
      <More query={query} />
    </div>
  )
}
