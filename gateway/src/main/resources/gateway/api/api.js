/* Shows /openapi.json. Sign-in is the shop's, with PKCE. */
const place = document.getElementById('api');
const ui = SwaggerUIBundle({
  url: '/openapi.json',
  domNode: place,
  deepLinking: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
  persistAuthorization: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  oauth2RedirectUrl: new URL(place.dataset.redirect, location.origin).href,
  // The address the page was opened at is the one to call, whatever the document's public name is.
  requestInterceptor: (request) => {
    const url = new URL(request.url, location.origin);
    request.url = location.origin + url.pathname + url.search;
    return request;
  },
});
ui.initOAuth({clientId: 'shop-web', usePkceWithAuthorizationCodeGrant: true});
