import type { Language } from './languages.ts';

/**
 * Words that carry a sentence's grammar and not its subject, lower case: Lucene's English list, and
 * the pronouns, question words and auxiliaries that questions are made of. Measured on Cranfield,
 * CACM, chunking-evaluation and the sample posts (`scripts/bench/retrieval.ts`), the second part adds
 * .008–.023 nDCG@10 on each. Words that can be a subject (`up`, `most`, `while`, `same`) are left in.
 */
const ENGLISH =
  'a an and are as at be but by for if in into is it no not of on or such that the their then ' +
  'there these they this to was will with ' +
  'i me my we us our you your he him his she her hers its them theirs ours yours ' +
  'what which who whom whose those how when where why ' +
  'am were been being have has had having do does did doing can should could would about than so also from ' +
  "don't doesn't didn't isn't aren't can't i'm i've it's that's there's you're we're they're what's";

/**
 * The same kinds of words in other languages: articles, prepositions, conjunctions, pronouns,
 * question words, auxiliaries. A language without a list has every word indexed; how rare a word is
 * then has to do all of the weighing.
 */
const OTHERS: Readonly<Partial<Record<Language, string>>> = {
  german:
    'der die das den dem des ein eine einen einem einer eines kein keine keinen und oder aber ' +
    'sondern denn als wie wenn weil dass daß ob in im an am auf aus bei beim mit nach von vom vor zu ' +
    'zum zur für gegen ohne um durch über unter zwischen bis seit während ist sind war waren sein ' +
    'bin bist wird werden wurde wurden worden hat haben hatte hatten habe kann können konnte muss ' +
    'müssen soll sollen sollte will wollen darf dürfen würde ich du er sie es wir ihr mich mir dich ' +
    'dir ihn ihm uns euch ihnen mein dein seine seinen seiner ihre ihren ihrer unser unsere euer ' +
    'dies diese diesen dieser dieses diesem jene jener jenes welche welcher welches wer was wo wann ' +
    'warum wieso wofür worin wohin nicht auch nur noch schon so dann da hier dort sich man es selbst',
  french:
    'le la les l un une des du de d à au aux en dans sur sous par pour avec sans chez vers entre ' +
    'et ou mais donc or ni car que qu si comme quand lorsque puisque parce est sont était étaient ' +
    'être été suis es sommes êtes sera seront serait ai as a avons avez ont avait avaient avoir eu ' +
    'fait faire peut peuvent pouvoir doit doivent je j tu il elle on nous vous ils elles me m te t ' +
    'se s lui leur leurs moi toi soi y mon ma mes ton ta tes son sa ses notre nos votre vos ce c cet ' +
    'cette ces cela ça celui celle ceux qui quoi dont où quel quelle quels quelles comment pourquoi ' +
    'ne n pas plus aussi ainsi alors donc',
  spanish:
    'el la los las lo un una unos unas de del a al en con sin por para sobre entre hasta desde hacia ' +
    'según y e o u pero sino ni que si como cuando porque pues es son era eran ser sido soy eres ' +
    'somos será serán sería está están estaba estar ha han he has hemos había haber hay tiene tienen ' +
    'tener puede pueden poder debe deben yo tú él ella ello nosotros vosotros ellos ellas usted ' +
    'ustedes me te se nos os le les mi mis tu tus su sus nuestro nuestra vuestro este esta esto ' +
    'estos estas ese esa eso esos esas aquel aquella qué quién quien cuál cuáles cual cómo cuándo ' +
    'dónde donde no también muy más ya así',
  italian:
    'il lo la i gli le l un uno una di del dello della dei degli delle dell d a al allo alla ai agli ' +
    'alle all da dal dallo dalla dai dagli dalle dall in nel nello nella nei negli nelle nell con su ' +
    'sul sullo sulla sui sugli sulle sull per tra fra e ed o ma se che come quando perché è sono era ' +
    'erano essere stato stata sei siamo siete sarà sarebbe ho hai ha abbiamo avete hanno aveva avere ' +
    'può possono deve devono io tu lui lei noi voi loro mi ti si ci vi ne mio mia tuo tua suo sua ' +
    'suoi sue nostro vostro questo questa questi queste quello quella quelli quelle chi cosa quale ' +
    'quali dove non anche più così',
  portuguese:
    'o a os as um uma uns umas de do da dos das em no na nos nas por pelo pela pelos pelas para com ' +
    'sem sobre entre até desde ao à aos às e ou mas nem que se como quando porque pois é são era ' +
    'eram ser sido sou somos será serão seria está estão estava estar tem têm tinha ter há havia ' +
    'haver pode podem poder deve devem eu tu ele ela nós vós eles elas você vocês me te lhe lhes meu ' +
    'minha teu tua seu sua seus suas nosso nossa este esta isto estes estas esse essa isso esses ' +
    'essas aquele aquela aquilo quem qual quais onde não também muito mais já assim',
  dutch:
    'de het een en of maar want dus als dan dat die dit deze in op aan van voor met naar bij uit over ' +
    'onder tot door om te tegen zonder tussen is zijn was waren ben bent wordt worden werd werden ' +
    'heeft hebben had hadden heb kan kunnen kon moet moeten zal zullen zou zouden wil willen mag ik ' +
    'jij je u hij zij ze wij we jullie mij me hem haar ons hun mijn jouw zijn onze er hier daar wie ' +
    'wat waar wanneer waarom hoe welke welk niet geen ook nog al zo',
  swedish:
    'en ett den det de och eller men att som om när där då i på av för med till från vid under över ' +
    'mellan utan mot genom är var vara varit blir bli blev har hade ha kan kunde ska skall skulle ' +
    'vill måste jag du han hon vi ni de mig dig honom henne oss er dem sig min mitt mina din ditt ' +
    'dina sin sitt sina vår vårt våra deras hans hennes denna detta dessa vad vem vilken vilket ' +
    'vilka hur varför inte också så än',
  danish:
    'en et den det de og eller men at som om når der da i på af for med til fra ved under over mellem ' +
    'uden mod gennem er var være været bliver blive blev har havde have kan kunne skal skulle vil ' +
    'ville må jeg du han hun vi mig dig ham hende os jer dem sig min mit mine din dit dine sin sit ' +
    'sine vores deres hans hendes denne dette disse hvad hvem hvilken hvilket hvilke hvor hvordan ' +
    'hvorfor ikke også så end',
  norwegian:
    'en ei et den det de og eller men at som om når der da i på av for med til fra ved under over ' +
    'mellom uten mot gjennom er var være vært blir bli ble har hadde ha kan kunne skal skulle vil ' +
    'ville må jeg du han hun vi dere meg deg ham henne oss dem seg min mitt mine din ditt dine sin ' +
    'sitt sine vår vårt våre deres hans hennes denne dette disse hva hvem hvilken hvilket hvilke ' +
    'hvor hvordan hvorfor ikke også så enn',
  finnish:
    'ja tai mutta että jos kun kuin niin koska vaan eli on ovat oli olivat olla ollut ole olen olet ' +
    'olemme olette ei en et emme ette eivät minä sinä hän me te he se ne tämä tuo nämä nuo joka ' +
    'jotka jonka jota mikä mitä mitkä kuka ketkä missä mihin mistä miksi miten milloin minun sinun ' +
    'hänen meidän teidän heidän sen niiden tämän myös vielä jo vain',
  hungarian:
    'a az egy és vagy de hogy ha mert mint is nem ne van vannak volt voltak lesz lenni én te ő mi ti ' +
    'ők engem téged őt minket ez azt ezt ezek azok ami amely aki akik mely ki mit hol hova honnan ' +
    'mikor miért hogyan milyen melyik meg már még csak nincs kell lehet',
  romanian:
    'un o unei unui unor al a ai ale de din la în pe cu fără pentru prin spre sub peste între până și ' +
    'sau dar ci că să dacă ca când este sunt era erau fi fost va vor ar are au am ai avea poate pot ' +
    'trebuie eu tu el ea noi voi ei ele mă te se ne vă îl îi le lui lor meu mea tău ta său sa nostru ' +
    'acest această acestui aceste acești acel acea care cine ce cum unde de ce nu și mai tot',
  russian:
    'и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по ее её мне было ' +
    'вот от меня о из ему когда нет ну ли если или быть был была были него до вас уж вам ведь там ' +
    'себя ей они тут где есть надо ней для мы тебя их чем сам чтоб чтобы без будет кто этот эта это ' +
    'эти того этого какой какая какие ним здесь тот та те при об хоть над про под зачем почему можно ' +
    'который которая которое которые свой мой твой наш ваш',
  turkish:
    've veya ya ile ama fakat ancak çünkü ki de da mi mı mu mü bir bu şu o ben sen biz siz onlar bunu ' +
    'şunu onu bana sana ona bize size onlara benim senin onun bizim sizin onların için gibi kadar ' +
    'göre sonra önce ise değil var yok ne neden niçin nasıl hangi kim nerede olan olarak oldu olur ' +
    'olduğu olduğunu her daha en çok',
  catalan:
    'el la els les l un una uns unes de d del dels a al als en amb sense per pel pels sobre entre fins ' +
    'des i o però sinó ni que si com quan perquè és són era eren ser estat sóc serà està estan ha han ' +
    'he has hem havia haver hi té tenen pot poden ha jo tu ell ella nosaltres vosaltres ells elles ' +
    'em et es ens us li els meu meva teu teva seu seva nostre aquest aquesta això aquests aquestes ' +
    'aquell aquella qui què quin quina on no també molt més ja així',
  czech:
    'a i nebo ale že aby když protože jako než s se si v ve na do z ze za pro po před při od u o k ke ' +
    'ku bez nad pod mezi je jsou byl byla bylo byli být jsem jsi jsme jste bude budou má mají mít ' +
    'může mohou musí já ty on ona ono my vy oni mě mi tě ti ho mu jí nás nám vás vám jich jim můj ' +
    'tvůj jeho její náš váš ten ta to ti ty tento tato toto který která které kteří kdo co kde kdy ' +
    'proč jak jaký jaká jaké ne také tak už jen',
};

const LISTS: Readonly<Partial<Record<Language, string>>> = { ...OTHERS, english: ENGLISH };

/** Lower case, with straight apostrophes. */
export const stopWordsOf = (language: Language): ReadonlySet<string> =>
  new Set((LISTS[language] ?? '').split(' '));
