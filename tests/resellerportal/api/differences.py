"""Where our API differs from the field's document: pattern of "METHOD /path field" -> reason."""

ANY = r"[A-Z]+ \S+ "
READ_ONLY = "is read only; who sends it back is not refused for it"

#: Operations we do not have.
PATHS: dict[str, str] = {
    r"(POST|PUT|DELETE) /accounts.*": "companies and members are kept by administrators, on pages",
    r"POST /users": "members are kept by administrators, on pages",
    r"GET /assets/\{\}/usage/aggregates": "there is no usage; pay-as-you-go is not built",
    r"POST /conversations": "every object has its conversation without being asked for it",
    r"DELETE /conversations/\{\}": "what was said stays with the object it is about",
    r"POST /conversations/\{\}/close": "a conversation is open as long as its object is there",
    r"PUT /conversations/\{\}/messages/\{\}": "what was said is not changed afterwards",
    r"POST /marketplaces/\{\}/icon": "marketplaces have no pictures here",
    r".* /products/\{\}/items/\{\}/taxonomies.*": "items are in no taxonomy here",
}
#: Another status of success.
STATUSES: dict[str, str] = {
    r"POST /conversations/\{\}/messages": "a message is created: 201, as the clients' own data say",
}
#: Fields we never answer.
ANSWERS: dict[str, str] = {
    ANY + r"(.*\.)?(vendor|provider|owner|company|accounts?|creator|assignee)\.icon": (
        "companies and people have no pictures here"
    ),
    ANY + r"marketplace\.icon": "marketplaces have no pictures here",
    ANY + r"(account\.)?db": "an installation is in one place; domain 2.12 leaves it out",
    ANY + r"connection\.product_version_type": "a product has one version",
    ANY + r"contract\.type": "there are no contracts but the one that stands for none",
    ANY + r"renewal_expiration_date": "subscriptions are not renewed here",
    ANY + r"(parent|access)\.?(id|index|name)?": "is read and decides; it is no part of the answer",
    ANY + r"industries.*": "companies name no industries here",
    ANY + r"permissions": "rights hang on memberships and keys, not on companies",
    r"GET /(accounts/\{\}/)?users.* (activation_code|announcements|blocklisted|domain.*|external_id"
    r"|icon|idp.*|notifications|region|timeformat|timezone)": "members have no such settings here",
    r"GET /assets/\{\}/requests .*": "references of requests: id, type and state",
    r"GET /partners contacts.*": "people of other companies are not listed",
    r"[A-Z]+ /hubs\S* (events.*|extension_version|version|last_health_check|instance_(id|type))": (
        "hubs are entries without a life of their own; `instance` says id and type"
    ),
    r"GET /hubs/\{\}/connections product\.(short_description|version)": "a reference, no product",
    r"[A-Z]+ /marketplaces\S* (alt_currency_.|attributes|capabilities.*|events.*|locales.*)": (
        "marketplaces have one currency and nothing to switch"
    ),
    r"[A-Z]+ /notifications/webhooks\S* (api_url|created_by.*|modified_by.*|last_event|stats.*"
    r"|last_(failure|success)\..*|earliest_possible_trigger)": "the last call is told, no statistics",
    r"[A-Z]+ /products\S* (extensions.*|media.*|replacement.*|usage_rule\.providers)": (
        "products have no extensions, media, replacements or usage here"
    ),
    r"POST /products translations.*": "translations have an address of their own",
    r"[A-Z]+ /products/\{\}/configurations (item.*|marketplace.*|parameter\.parent)": (
        "constants hold for the whole product"
    ),
    r"[A-Z]+ /products/\{\}/connections\S* (endpoint_url|frontend_url|oauth_.*|version)": (
        "hubs are not called, so nothing opens them"
    ),
    r"[A-Z]+ /products/\{\}/items\S* (applicability|group.*|parent.*|replacement.*|gravity"
    r"|created_by|product_version)": "items stand side by side, in no groups",
    r"[A-Z]+ /products/\{\}/parameters\S* parent.*": "parameters stand side by side, in no groups",
}
#: Fields we leave out when they do not apply.
SOMETIMES: dict[str, str] = {
    r"GET \S+ connection\.hub": "a reseller is told no hub",
    r"[A-Z]+ /notifications/webhooks\S* jwt_secret": "is shown once, when it was made",
    r"GET /products/\{\}/configurations structured_value": "objects have it, texts have none",
    r"GET /tier/accounts\S* (owner|parent)": "absent at the top, and to who is not told of it",
    ANY + r"(parent_configuration|sli|template)": "there when the request has it",
}
#: Fields of bodies we do not read.
BODIES: dict[str, str] = {
    ANY + r"(id|title|position|status|created|created_at|events.*|owner.*|creator.*|account\..*"
    r"|account|conversation|company.*|stats.*|provider.*|vendor.*|instance.*|hub\.(name|instance)"
    r"|active_contracts|icon|version|last_health_check|extension_version)": READ_ONLY,
    r"[A-Z]+ /marketplaces\S* .*": "name, description, currency and countries are a marketplace's",
    r"[A-Z]+ /notifications/webhooks\S* (data|headers|http_method|object_class)": (
        "webhooks are called in one way, by POST"
    ),
    r"[A-Z]+ /products/\{\}/connections\S* .*": "a connection is a hub and a type; others decide it",
    r"[A-Z]+ /products/\{\}/items\S* .*": "what items have here is read; they stand in no groups",
    r"[A-Z]+ /products/\{\}/parameters\S* (parent.*|phase|scope|type)": (
        "groups do not exist, and what a parameter is never changes"
    ),
    r"POST /products/\{\}(/items/\{\})?/endsale (end_of_sale_notes|replacement.*)": (
        "an end of sale names no replacement"
    ),
    r"POST /products/\{\}/actions/regeneratesecret jwt_secret": "secrets are made here, not taken",
    r"POST /products (purchase_model|translations.*)": "products are sold in one way",
    r"PUT /products/\{\} usage_rule": "there is no usage",
    r"POST /requests/\{\}/approve asset.*": "there is no billing",
    r"(POST|PUT) /tier/config-requests/?\S* (type|activation.*|assignee.*|configuration.*"
    r"|effective_date|environment|notes|parent_configuration.*|previous_approved_request.*|reason"
    r"|sli.*|template.*|tiers.*|params\.(phase|scope|title|type|value_choices))": READ_ONLY,
    r"(POST|PUT) /tier/accounts\S* access.*": (
        "access is granted to companies on the account's page, by its distributor"
    ),
    r"PUT /tier/accounts/\{\} (environment|parent\.index)": "fixed when the account is created",
}
#: Fields of bodies that we demand and the field's document does not.
DEMANDS: dict[str, str] = {
    ANY + r"(category|hub|product|params)\.id": "whoever names something names it by its id",
    r"POST /products/\{\}/actions description": "resellers read what a button does",
    r"POST /products/\{\}/(parameters|templates) (phase|scope)": "nothing can be without",
    r"POST /requests/\{\}/(fail|revoke) reason": "who is refused is told why",
    r"POST /tier/config-requests/\{\}/fail reason": "who is refused is told why",
    r"POST /requests/\{\}/schedule planned_date": "a plan has a date",
    r"POST /tier/account-requests account": "the document types the type only; domain 7.13",
    r"POST /tier/accounts (type|name)": "the clients send both; nothing can be without",
    r"POST /notifications/webhooks type": "says what it is asked",
}
#: Words we answer that its enumerations lack.
WORDS: dict[str, str] = {
    r"(POST|PUT) /products/\{\}/items\S* type": (
        "in small letters, as lists of the field answer them and its command line tool demands"
    ),
}
#: Filters that we ignore.
FILTERS: dict[str, str] = {
    r"GET /(accounts/\{\}/)?users.* .*": "members have no such properties here",
    r"GET /conversations/\{\}/messages events\..*": "messages are not changed; `created` is told",
    r"GET /hubs events\..*": "hubs keep no dates",
    r"GET /marketplaces (agreements\.id|alt_currency_.|locales\..*)": "marketplaces have none",
    r"GET /notifications/webhooks description": "webhooks have a label",
    r"GET /partners stats\.contracts\..*": "there are no contracts",
    r"GET /products (category\.parent|events\..*\.by\..*|groups\.id|replacement\.id"
    r"|sourcing\.marketplaces)": "products have none of these",
    r"GET /products/\{\}/configurations (item|marketplace)\..*": "constants are the product's",
    r"GET /products/\{\}/items (app\.id|applicability|events\.saleended\.at|frozen|group\..*"
    r"|replacement\.id|usage_data_type|version)": "items have none of these",
    ANY + r".*product\.capabilities": "is named to be left out by select(); it is not in there",
    r"GET /tier/accounts db": "an installation is in one place",
    r"GET /tier/config-requests/\{\} search": "one object is not searched",
    r"GET /tier/configs connection\.product_version_type": "a product has one version",
}
