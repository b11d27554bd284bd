using System.Security.Claims;
using Microsoft.AspNetCore.Builder;

namespace Errand.Mcp.Tests.Owners;

/// <summary>Stands for an application's authentication: whoever says a name is believed.</summary>
internal static class UserHeader
{
    public const string Name = "X-User";

    public static void Use(WebApplication app) => app.Use((context, next) =>
    {
        if (context.Request.Headers.TryGetValue(Name, out var user))
            context.User = new(new ClaimsIdentity([new("sub", user.ToString())], "test"));
        return next(context);
    });
}
