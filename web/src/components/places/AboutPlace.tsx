import { Button } from '@mantine/core'

import { useVersion } from '../../api/queries'
import { useHealth, useStatistics } from '../../api/statistics'
import { count, size } from '../../human'
import { useInstall } from '../../install'
import { messages } from '../../messages'
import { Answer } from '../Answer'
import { type Fact, Facts } from '../Facts'
import classes from './places.module.css'

const texts = messages.about

/** What this Longbox is, and how it is. */
export default function AboutPlace() {
  const version = useVersion()
  const health = useHealth()
  const statistics = useStatistics()
  const install = useInstall()
  return (
    <div className={classes.stack}>
      <p className={classes.hint}>{texts.what}</p>
      <Answer query={health}>
        {({ status, checks, file_count }) => {
          const database = statistics.data?.database
          const facts: Fact[] = [
            [texts.version, version.data?.version],
            [texts.licence, texts.mit],
            [texts.health, status === 'healthy' ? texts.healthy : checks.watched_dir],
            [texts.database, database && texts.postgresql(database.version, size(database.bytes))],
            [texts.watcher, texts.watching[checks.watcher] ?? checks.watcher],
            [texts.comics, count(file_count)],
          ]
          return <Facts facts={facts} />
        }}
      </Answer>
      <p>
        <a href="./docs">{texts.api}</a>
      </p>
      {install && (
        <div className={classes.part}>
          <p className={classes.hint}>{texts.installHint}</p>
          <div className={classes.buttons}>
            <Button onClick={install}>{texts.install}</Button>
          </div>
        </div>
      )}
    </div>
  )
}
