"""Patterns over folded text around promises: what is no commitment, whose money comes in, which channel is named."""

# ruff: noqa: E501, SIM905 - one pattern a line, lists of words as words

from __future__ import annotations

import re

CARD = re.compile(r"(?:\d[ -]?){13,}")
MARKS = re.compile(r"[.;!?,]")
LEAD_IN, SHORT = 6, 14  # words before a bare answer, and words of a short one
OF_SOMETHING_ELSE = (
    "objection.callback", "objection.dispute_amount", "objection.already_paid", "objection.stop_contact",
    "objection.refuses", "objection.not_mine_wrong_person", "objection.identity_theft",
)  # fmt: skip
WONDERS_FIRST = re.compile(
    r"\W*(?:y |pero |oiga |a ver )*(?:como|que|por que|de donde|quien|cuanto|cual|y si|what|why|how|who|where)\b(?! mejor)"
)
# what the agent asks to know who speaks, and what is read back from a paper: birthdays, documents, cards, codes
ASKS_FOR_DATA = re.compile(
    r"\b(?:nac(?:io|iste|imiento|ida|ido)|cumple\w*|ultim[oa]s (?:\w+ )?(?:digitos|cifras|numeros|letras)|"
    r"(?:dos|tres|cuatro|cinco) (?:ultim[oa]s|digitos|cifras)|cedula|dni|curp|rfc|rut|documento|identidad|identificarl\w+|verificar\w* (?:su|tu|algunos|unos)|"
    r"direccion|domicilio|codigo postal|sus datos|valid\w+|caduca|vencimiento de la tarjeta|cvv|el codigo|convenio|anot[ea] (?:el|la)|"
    r"birth\w*|born|last (?:three|four|five)|digits|address|postcode|zip|security|verify|confirm (?:your|who)|expir\w+|social|confirmation number)\b"
)
GIVES_DATA = re.compile(
    r"\b(?:nac[ií]|naci|nacid[oa]|cumplo|termina en|acaba en|terminacion|cedula|dni|curp|cvv|exp|vence|atras|codigo|folio|"
    r"conf|confirmation|born|dob|ending(?: in)?|did it|le puse|ya lo anote|nineteen (?:\w+ty|\w+teen)|(?:de|del|en) mil novecientos)\b|\b19\d\d\b"
)
# a sum with a day, told of the past, of wages or of what others pay or want
OF_OTHERS = re.compile(
    r"\b(?:pagu?e|pague|deposite|abone|cancele|transferi|ayer|anoche|vencio|vencia|vence|nac[ií]|cobraron|cobran|cobrando|me cobra\w*|piden|quieren|debia|gano|ganaba|el dia que|"
    r"me (?:pagan|depositan|deben|debe|prestaron)|era|eran|fue|dijeron|dijo|(?<!get )(?<!got )(?<!gets )(?<!am )(?<!'m )(?<!be )paid|owed|charged|was|were|told|earn|quedo de|quedaron)\b"
)
DECLINES = re.compile(
    r"\bsuponiendo que\b|\bsupongamos\b|\b(?:eso|esa) no te sirve\b|\bno (?:para|es para|son para) (?:ustedes|uds|usted|vos)\b|\bdios dira\b|\bsupposing\b|\bno (?:me|nos) (?:haga|hagas|hagan) comprometer|\bno me (?:comprometo|puedo comprometer)|\bsin compromiso\b|\bnot (?:committing|promising)|"
    r"\b(?:mi (?:espos[oa]|marido|mujer|hij[oa]|mama|papa|madre|padre|herman[oa]|suegr[oa]|pareja|novi[oa]|jefe)|ella) (?:\w+ ){0,2}"
    r"(?:paga|pagara|pagaria|deposita|depositara|abona|abonara|transfiere|va a (?:pagar|depositar|abonar|transferir|hacer el))\b|"
    r"\bmy (?:wife|husband|mom|mum|dad|son|daughter|sister|brother) (?:will|is going to|is gonna|can) (?:pay|send|transfer)"
)
BEFORE_A_NOUN = frozenset(
    "el un mi del al su ese este de primer otro cada tu sin por con a segundo ultimo tercer los sus mis ningun algun "
    "primero que the a my your another".split()
)
MONEY = re.compile(
    r"\b(?:algo|alguito|la mitad|el resto|la parte|una parte|un abono|abonito|el minimo|la cuota|las cuotas|el pago|lo que|something|half)\b"
)
REFUSES = re.compile(
    r"\bno (?:puedo|tengo|alcanzo|llego|me alcanza|voy a (?:poder|pagar)|quiero|le voy|te voy|me sirve|pienso|creo que pueda|va a ser posible)\b|"
    r"\b(?:can't|cannot|can not|cant|won't|wont) (?:pay|do|afford|make|manage|be able)\b|\bpero no\b|\bni (?:ahi|loc[oa]|de broma|en suenos)\b|\b(?:haven't|have not|havent|ain't|don't|dont) (?:got|have)\b|\bno way\b"
)
ADDS = re.compile(
    r"\b(?:y (?:luego|despues|otro|otra|el resto|lo demas)|el resto|and then|and the (?:rest|other)|second (?:one|payment)|segundo pago)\b"
)
OPEN_SUM = re.compile(
    r"\bno se cuanto|lo que (?:pueda|me alcance|entre|caiga|junte|tenga)|segun lo que|el monto lo|monto lo (?:defino|veo)|alg(?:o|uito)\b|not sure how much|whatever i can|something\b"
)
# said out of piety, they take nothing from a promise that has its day and its sum
PIOUS = re.compile(r"\bdios\b|\bgod willing\b|\bojala\b")
# "la otra semana pueda ver algo": no payment is named
TO_PAY = re.compile(
    r"\b(?:pag|abon|depos|transf|liquid|cubr|consign|cancel|junt|dar|doy|dejo|mand|pon|pong|met|complet|consig|consegu|yape|gir|ingres|entreg|"
    r"tir[aoe]|pas[aeo]|llev|hag|hac|pay|send|sent|get|put|scrap|mak|throw|chuck|have|manag|cover|settl|transfer|clear)\w*|"
    r"\b(?:quincena|cuota|minimo|mitad|plata|dinero|lana|money)\b"
)
# "póngale eso": the sum that was proposed
THE_PROPOSED = re.compile(r"\b(?:eso|esa cuota|ese monto|pongale|anotele|anote|that much|put that)\b")
THAT_DAY = re.compile(
    r"\b(?:ese (?:mismo )?dia|esa (?:misma )?fecha|(?:para|pa) (?:esa fecha|entonces)|that (?:same )?day|by then|that date)\b"
)
WONDERS = re.compile(
    r" (?:y si|que tal si|si yo|si le|si te|si les|si|y que si|what if|if i|puedo|se puede|podria|could i|can i|puede ser que) (?:\w+ ){0,2}\w+$"
)
TAG_LAST = re.compile(r"\b(?:no|va|dale|deal|verdad|cierto|ok|vale|right|yeah|correcto|o no)\W*$")
# "idk maybe 100 on the 12th??" asks nothing
MAYBE = re.compile(r"\W*(?:idk|maybe|prob(?:ably)?|i guess|a lo mejor|capaz|quizas?|tal vez|creo que|de pronto)\b")
TAG_ONLY = re.compile(r"\W*(?:(?:si|ok|vale|no|verdad|cierto|le parece|te parece|esta bien|right|okay|ya)\W*)+")
NOT_BEFORE = re.compile(r"\b(?:ni|no|tampoco|excepto|menos|not|nor)\s+(?:para |el |la |on |antes )?$")
NOT_AFTER = re.compile(
    r"\s*,?\s*(?:(?:todavia|aun) no\b|me queda (?:muy )?(?:ajustado|complicado|dificil|justo|mal|encima)|(?:is|s|'s) (?:tight|too soon|no good)|no\b(?! mas\b)(?! (?:falta|fallo|hay problema|(?:le |te |se )?(?:asegur|promet|garanti)))|tampoco|ni modo|i can't|is no good|won't work)"
)
INCOME = re.compile(
    r"\bcon (?:la|el|mi) (?:ultima |primera )?$|\b(?:(?:me|nos|le|les|mi \w+) (?:pagan|paguen|paga|pague|depositan|depositen|deposita|ingresan|ingresen|ingresa|cae|caen|caiga|liquidan|consignan|giran|llega)|"
    r"cobr(?:o|a|amos|e|are|an)|(?:paga|pagan|deposita|depositan) (?:el|los|la|a)|(?:dia|fecha) de pago|nomina|sueldo|quincena|"
    r"get(?:s)? paid|payday|i'm paid|im paid|pays (?:me|us|out)|(?:check|cheque|wages|money|benefits?|refund) (?:comes?|hits?|lands?|clears?|goes in)|"
    r"(?:dan|entregan|pagan|cae) (?:la|el) (?:gratificacion|grati|aguinaldo|prima|bono|decimo)|(?:reunion|cita|audiencia|junta|entrevista|interview|court|hearing|appointment|cumple\w*|birthday|vence|vencia|vencio|corte|me llaman|llamenme|llameme|llamame|marqueme))\b"
)
PAYDAY = re.compile(
    r"\b(?:quincena|kincena|qna|pay ?(?:day|check|cheque)|cuando|when|apenas|en cuanto|aguinaldo|bono|prima)"
)
# "cobro y te paso 108": paid on the day of the wages
PAID_WITH = re.compile(
    r"^[^.;!?]*?\b(?:y|and)(?: (?:ahi|de ahi|yo|ese (?:mismo )?dia|enseguida|luego luego|then|i))*(?: mismo)? (?:le|te|les|os|se|lo|la|i'll|i will|i can|ill) \w+"
)
PAYS = re.compile(
    r"\b(?:(?:le|te|les|os|lo|la|los|las|se) (?:pago|abono|deposito|doy|transfiero|consigno|hago|mando|meto|cancelo|paso|llevo|pongo|dejo)|i'll|i can|i will|yo pago|pago)\b"
)
CONDITION = re.compile(
    r"(?<!se )(?<!sé )(?<!ver )\bsi (?:es que )?(?:me|nos|no|usted|ustedes|todo|el|la|mi \w+|consigo|alcanzo|puedo|tengo|vendo)(?: (?:lo|la|los|las|el|mi))?"
    r" ?(?:\w+(?:an|en|a|e|á)\b)|\bsi (?:puedo|consigo|alcanzo|alcanza|sale|hay|tengo|vendo)\b|\bsiempre y cuando\b|\bcon tal que\b|\ba cambio de\b|"
    r"\bsi (?:\w+ ){1,4}?(?:me|nos) (?:pag|depos|abon|cae|lleg|entr|gir|consign|liquid|ingres)\w*|"
    r"\ben cuanto (?:me|nos|venda)\b|\b(?:ya|hasta) que (?:me|nos|venda)\b|\bprimero (?:me|quiero|que)\b|"
    r"\bif (?:you|i|they|he|she|it|my|the)\b|\bas long as\b|\bonce (?:i|my|the|they)\b|\bprovided\b|\bwhen (?:it|they|my|the) \w+"
)
AND_THEN = re.compile(r";|\b(?:y|de ahi|luego|despues|and|then|otr[oa]|resto|saldo|other)\b")

_WD = r"lunes|martes|miercoles|jueves|viernes|sabado|domingo|quincena|semana|mes|dia|vez|ano|rato|lado|tienda|cuenta|linea|persona|numero|banco"
REST = re.compile(
    rf"\b(?:el resto|lo demas|lo restante|la diferencia|(?:el|lo del) saldo\b(?: de \w+ \w+)?|lo que (?:falta|quede|queda|resta|falte)|lo que me falta|"
    rf"(?:la|el) otr[ao](?! (?:{_WD}))(?: mitad| parte| cuota| pago| abono)?|lo otro|the rest|the remainder|what's left|"
    r"the other(?! day| week| night| person)(?: one| half| payment)?)\b"
)
_NAMED = (
    ("oxxo", r"oxxo"), ("spei", r"spei|clabe"), ("pse", r"\bpse\b|\bpese\b"), ("nequi", r"nequi"), ("daviplata", r"daviplata"),
    ("efecty", r"\bef[ei]c?t[yi]\b"), ("baloto", r"baloto"), ("yape", r"\byape"), ("plin", r"\bplin\b"), ("tambo", r"\btambo"),
    ("kasnet", r"kasnet"), ("servipag", r"servipag"), ("webpay", r"web ?pay"), ("khipu", r"khipu"), ("sencillito", r"sencillito"),
    ("caja_vecina", r"caja ?vecina"), ("pago_facil", r"pago ?facil"), ("rapipago", r"rapi ?pago"), ("mercado_pago", r"mercado ?pago"),
    ("bizum", r"bizum"), ("sinpe", r"sinpe"), ("banco_del_barrio", r"banco del barrio|mi vecino|tu barrio"), ("zelle", r"zelle"),
    ("codi", r"\bcodi\b"), ("coppel", r"coppel"), ("elektra", r"elektra"), ("ach", r"\bach\b|checking|bank account"),
    ("transferencia", r"transf(?:er|ier)|\bcbu\b|\balias\b|\biban\b|bank transfer|\bwire\b"), ("consignacion", r"consign"),
    ("portal", r"\bportal\b|sucursal virtual"), ("card", r"tarjeta de (?:debito|credito)|debit card|on (?:a|my) card|on card|\bmi tarjeta\b|credit card"),
    ("app", r"\bapp\b|aplicacion"), ("online", r"\blink\b|\bliga\b|pagina|online|\bweb\b|website|en linea"),
    ("branch", r"sucursal|ventanilla|agencia|oficina|\bbranch\b|\bcaja\b|mostrador"), ("agent", r"\bagente\b|corresponsal|cajero"),
    ("cash", r"efectivo|en la mano|\bcash\b"), ("store", r"\btienda\b|\bstore\b|\bshop\b"), ("check", r"\bcheque\b|\bcheck in the mail|mail (?:you )?a check"),
)  # fmt: skip
CHANNELS = tuple((name, re.compile(pattern)) for name, pattern in _NAMED)
