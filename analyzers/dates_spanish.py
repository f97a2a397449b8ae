"""How days are named in Spanish, the most particular wording first."""

# ruff: noqa: E501 - one wording a line, however long

from __future__ import annotations

from analyzers import dates_meaning as means
from analyzers.dates_numeric import numeric_wordings
from analyzers.dates_wording import Wording, wording
from analyzers.dates_words import DAY_NUMBER, MONTH, NUMBER, WEEKDAY

_COMING = r"(?:que viene|q viene|que entra|q entra|que sigue|entrante|siguiente|venider[oa]|proxim[oa])"
_NEXT_WEEK = rf"(?:(?:la )?(?:otra|proxima|siguiente) semana|(?:la )?semana {_COMING})"
_NEXT_MONTH = rf"(?:mes {_COMING}|(?:proximo|otro|siguiente) mes|(?:proximo|entrante)\b)"
_OF = rf"(?: del? (?:mes de )?(?:(?P<month>{MONTH})|(?P<next>{_NEXT_MONTH})|(?:este |el )?mes\b))"
_PART = r"(?:a primera hora|sin falta|tempran(?:o|ito)|(?:en|por|a) la (?:tarde|noche|manana)|al mediodia)"
# a number that goes on is no day: "el 5 mil", "el 2 por ciento"
_NO_MORE = (
    r"(?!\s*(?:mil\b|por\s?ciento|%|pesos|soles|dolares|euros|lucas|cuotas|horas|anos|[.,:]\d|\d|/\d|y (?:medio|media)\b|"
    r"y (?:un|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)\b|millon))"
)
_PAID = (
    r"(?:pagu?en|paga|pague|pagan|depositen?|depositan|caigan?|cae|cobre|cobro|liquiden|consignen|llegue|entre|salga|abonen|"
    r"ingresen|giren|transfieran|den|venda|vendan|suelten|presten)"
)
# what a text holds that names a month, a weekday or a number: a month is never its first word
_MONTHS = " ene, feb, marzo, mzo, abr, mayo, jun, jul, ago, sep, set, oct, nov, dic"
_WEEKDAYS = "monday,tuesday,wednesday,thursday,friday,saturday,sunday,lunes,martes,martecito,miercol,jueve,juebe,vierne,biernes,sabad,savado,doming"
_AHEAD = "viene,entra,sigue,siguiente,venider,proxim,otr"
_FIGURES = "0,1,2,3,4,5,6,7,8,9"
_NUMBERS = f"{_FIGURES},uno,dos,tres,cuatro,cinco,seis,siete,ocho,nueve,diez,once,doce,trece,catorce,quince,dieci,veint,treinta"

SPANISH: tuple[Wording, ...] = (
    # past and habitual
    wording("pasad,anterior", rf"\b(?:el |la |del? )?(?:{WEEKDAY}|semana|mes|ano|quincena|fin de semana)(?: \d+)? (?:pasad[oa](?! manana)|anterior)\b", means.past),
    wording("desde ,hoy ", rf"\b(?:desde (?:el |la )?(?:{WEEKDAY}|dia {NUMBER}|{NUMBER} de {MONTH}|semana|quincena|mes|manana)|hoy (?:estamos|es|fue|somos)(?: {WEEKDAY})?(?: {NUMBER})?)", means.past),
    wording("ayer,anoche,antier,hace ", rf"\b(?:anteayer|antier|antes de ayer|ayer|anoche|(?:desde )?hace (?:como |ya |mas de )?(?:{NUMBER}|unos|varios|muchos|poco|rato)(?: \w+)?)\b", means.past),
    wording(f"los ,cada ,todos;{_WEEKDAYS},quincena,mes,semana", rf"\b(?:todos los|los|cada) (?:dias? )?(?:{WEEKDAY}s?|quincenas?|meses|mes|semana|fin(?:es)? de mes|{NUMBER}(?= de cada mes))\b", means.past),
    # exact
    wording(" en , a ;ocho,8,quince,15", rf"\b(?:(?:del?|el) (?=\w)|(?=hoy ))(?P<from>hoy|manana|aqui|{WEEKDAY}) (?:en|a) (?P<n>ocho|8|quince|15)\b(?! (?:min|hora))(?: dias)?", means.in_eight),
    *numeric_wordings(),
    wording("antes", rf"\bantes del (?:dia )?(?P<n>{DAY_NUMBER})(?: de (?P<month>{MONTH}))?{_NO_MORE}", means.before_number),
    wording(f" y , al , a ;{_NUMBERS}", rf"\b(?:entre|del?)(?: el)?(?: dia)? (?P<a>{DAY_NUMBER}) (?:y|al|a)(?: el)? (?P<b>{DAY_NUMBER})(?: de (?P<month>{MONTH}))?{_NO_MORE}", means.between),
    wording(f"{_MONTHS};{_NUMBERS},un,primero", rf"\b(?:(?:el |este )?{WEEKDAY},? )?(?:el )?(?:dia )?(?P<n>{NUMBER}) (?:de |d |del mes de )?(?P<month>{MONTH})(?:,? del? (?P<year>20\d\d|19\d\d|\d\d)\b)?", means.dated),
    wording("mes,proximo,entrante,presente,corriente", rf"\b(?:el |al |dia )?(?P<n>{NUMBER}) (?:del?|d) (?:(?P<next>(?:mes )?(?:proximo|entrante|que viene|que entra|siguiente|q viene)\b(?: mes)?|otro mes)|(?:este |el )?mes|presente|corriente|este)\b", means.number_of_month),
    wording(f"semana;{_WEEKDAYS}", rf"\b(?:el )?(?P<wd>{WEEKDAY}) (?:de )?{_NEXT_WEEK}", means.weekday_next_week),
    wording(f"semana;{_WEEKDAYS}", rf"\b{_NEXT_WEEK},? (?:el |por ahi del )?(?P<wd>{WEEKDAY})\b", means.weekday_next_week),
    wording("santo,ceniza,carnaval,ramos,gloria,santa,pascua,navidad,nochebuena,ano nuevo,reyes,muertos,halloween,san juan,patrias", rf"\b(?P<after>(?:despues|pasando|pasada|pasado) (?:de |del |de la |la )?|luego de )?(?:el |la )?(?P<feast>{means.FEASTS})\b", means.feast),
    wording(f"{_WEEKDAYS};{_NUMBERS}", rf"\b(?:el |este )?(?P<wd>{WEEKDAY}),?(?: el)?(?: dia)? (?P<n>{DAY_NUMBER}){_NO_MORE}", means.weekday_numbered),
    wording(f"entre,de ;{_WEEKDAYS}", rf"\b(?:entre(?: el)?|de) (?P<a>{WEEKDAY}) (?:y|a)(?: el)? (?P<b>{WEEKDAY})\b", means.between_weekdays),
    wording("hoy,manana", rf"\b(?P<day>hoy|manana)(?: mismo)?,? (?:dia |es )?{WEEKDAY}\b(?: {NUMBER}\b{_NO_MORE})?", means.today_named),
    wording("otro", rf"\b(?:el|para el|pal) otro (?P<wd>{WEEKDAY})", means.other_weekday),
    wording("proxim,siguiente", rf"\b(?:el |este )?(?:proximo|siguiente) (?P<wd>{WEEKDAY})\b", means.coming_weekday),
    wording("viene,entra,sigue,proxim,siguiente,venider", rf"\b(?:el |este )?(?P<wd>{WEEKDAY}) {_COMING}\b", means.coming_weekday),
    wording("antes", rf"\bantes del? (?:dia )?(?:el )?(?P<wd>{WEEKDAY})", means.before_weekday),
    wording("tardar,maximo,mucho,lo mas", rf"\b(?:a mas tardar|maximo|cuando mucho|a lo mas|como maximo)(?: para)? (?:el |este )?(?P<wd>{WEEKDAY})", means.by_weekday),
    # halves, ends and beginnings
    wording("quincena", rf"\b(?:la )?(?P<half>primera|segunda|1ra|2da) quincena{_OF}", means.half_of_month),
    wording("quincena,kincena,qna", rf"\b(?:(?:para la|en la|a la|la|esta) )?(?:(?P<which>otra|proxima|siguiente|primera|segunda) )?(?:quincena|kincena|qna)\b(?: (?P<coming>{_COMING}))?", means.payday),
    wording("dia habil", r"\b(?:el )?ultimo dia habil(?: del mes| de este mes)?\b", means.last_working_day),
    wording("fin", rf"\b(?:(?:el|a|para|pa|al) )?(?:(?P<plural>finales|fines|finalitos)|fin|final)(?:{_OF}| mes\b)", means.end_of_month),
    wording("mediado,mitad", rf"\b(?:(?:a|para|como a) )?(?:mediados|la mitad|mitad){_OF}", means.mid_month),
    wording("ano", rf"\b(?:(?:a|para|al) )?(?:los )?(?:principios?|inicios?|comienzos?|primeros dias) del? (?:(?:proximo |otro )?ano)(?: {_COMING})?\b", means.start_of_year),
    wording("principio,inicio,comienzo,primer", rf"\b(?:(?:a|para|al|en) )?(?:los )?(?:principios?|inicios?|comienzos?|primer(?:it)?os(?: dias)?){_OF}", means.start_of_month),
    wording("semana", rf"\b(?:la )?(?P<nth>primera|segunda|tercera|cuarta|ultima) semana{_OF}", means.week_of_month),
    # weeks and months
    wording("fin,finde", rf"\b(?:(?:el|este|en el|al) )?(?P<next>proximo |otro )?(?:fin de semana|finde)(?: {_COMING})?\b", means.weekend),
    wording(f"semana;{_AHEAD}", rf"\b{_NEXT_WEEK}\b", means.next_week),
    wording("semana", r"\b(?:(?:en )?esta (?:misma )?semana|en (?:el transcurso de )?la semana|entre semana|durante la semana)\b", means.this_week),
    wording(f"mes;{_AHEAD}", rf"\b(?:el |del |al )?(?:mes {_COMING}|(?:proximo|otro|siguiente) mes)\b", means.next_month),
    wording("mes", r"\b(?:(?:en )?este (?:mismo )?mes|(?:durante|en el transcurso de) el mes)\b", means.whole_month),
    wording("dia,diita,semana,mes", rf"\b(?:en|dentro de|a|de aqui a)(?: unos| como| los proximos| las proximas)? (?P<n>{NUMBER}) (?P<unit>dias?|diitas|semanas?|semanitas?|mes(?:es)?\b)(?P<working> habiles| laborables)?", means.in_days),
    wording("par de", r"\b(?:en|dentro de) un par de (?P<unit>dias|semanas)", means.couple_of_days),
    wording("dias,dia de estos,mero,pueda,adelante", r"\b(?:uno de estos dias|un dia de estos|estos dias|en (?:estos|unos|los proximos) dias|ya mero|cuando pueda|cuando se pueda|apenas pueda|en cuanto pueda|mas adelante)\b", means.some_day),
    # tied to income
    wording("aguinaldo,prima,grati,decimo,paga extra,bono,utilidades,liquidacion", r"\b(?:con|cuando (?:me )?(?:den|paguen|llegue|caiga|salga)|apenas (?:me )?(?:den|paguen|llegue)|para|en|espero) (?:el|la|mi|las|los) (?P<bonus>aguinaldo|prima|gratificacion|grati|decimo|paga extra|bono|utilidades|liquidacion)\b", means.bonus),
    wording("cuando,apenas,en cuanto,una vez,ni bien,ya que,hasta que,al momento", rf"\b(?:cuando|apenas|en cuanto|una vez(?: que)?|ni bien|ya que|hasta que|al momento que)(?: ya)?(?: (?:a mi|mi \w+))?(?: (?:me|nos|le|se))? {_PAID}\b", means.when_paid),
    # today and near it
    wording("ahorita,rato,ahora,ya mismo,mas tarde,momento,inmediato", r"\b(?:ahorita(?: mismo)?|ahoritica|al rato|en un rato|mas al rato|ahora (?:mismo|en (?:la|un) \w+)|ya mismo|mas tarde|en un momento|de inmediato)\b", means.soon),
    wording("hoy,esta ", rf"\b(?:el dia de hoy|hoy(?: dia)?(?: mismo)?(?: (?:{_PART}|mas tarde))?|esta (?:misma )?(?:tarde|noche))\b", means.today),
    wording("pasado", rf"\bpasado ?(?:manana|mnn|mnna)\b(?: {_PART})?", means.day_after_tomorrow),
    wording("man,mnn,mna", rf"(?<!la )(?<!esta )(?<!las )(?<!media )\b(?:manana|mnn|mnna|mnana|manan)\b(?: mismo)?(?: {_PART})?", means.tomorrow),
    wording("pasado", r"(?:^\W*|\b(?:para|pa|manana o|mejor|pal) )pasado\b(?! (?:manana|el|la|un|ano|mes))", means.day_after_tomorrow),
    # a weekday or a number alone
    wording(_WEEKDAYS, rf"\b(?:el|este|ese|para el|pal|del|al|dia|hasta el|mismo) (?:mismo )?(?P<wd>{WEEKDAY})\b(?: {_PART})?", means.plain_weekday),
    wording("1ro,1ero,primero,primer dia", rf"\b(?:(?:el )?(?:1ro|1ero|dia primero|dia 1ro|dia 1)\b|(?:el )?(?:primer dia|primero)(?= del? mes))(?: del? mes(?: {_COMING})?)?", means.first_of_month),
    wording(f"el ,al ,dia,pal ,este ;{_NUMBERS}", rf"(?<!\bson )(?<!\ba )\b(?:(?:el|al|pal|del|este)(?: dia| mero)?|dias?) (?P<n>{DAY_NUMBER}){_NO_MORE}(?! (?:de cada|es mi|por|dice|o nada))", means.numbered),
    wording(_WEEKDAYS, rf"(?:^\W*|(?<=\bmejor )|(?<=\bo )|(?<=[^\w\s] )|(?<=\by ))(?P<wd>{WEEKDAY})\b(?: {_PART})?", means.plain_weekday),
    wording(f"en ,para ,pa ,hasta ;{_MONTHS}", rf"\b(?:en|para|hasta|pa|por) (?P<month>{MONTH})\b", means.whole_month),
)  # fmt: skip
