import en from '../en/people.json'
import zh from '../zh/people.json'
import { part } from '../part'

export default part('people', zh, en)
