using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Errand.Server.Api;

/// <summary>The parameters of a request's query. What does not fit is refused with the parameter's name.</summary>
internal static class QueryText
{
    public static string? Text(this HttpRequest request, string name) => request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    public static long? Number(this HttpRequest request, string name, long least = 0, long most = long.MaxValue)
    {
        if (request.Text(name) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            && value >= least && value <= most) return value;
        throw new InvalidJobException(
            name, string.Create(CultureInfo.InvariantCulture, $"{name} must be an integer from {least} to {most}; it is '{text}'."));
    }

    public static JobId JobId(this HttpContext context) => Errand.JobId.Parse((string)context.Request.RouteValues["id"]!);
}
