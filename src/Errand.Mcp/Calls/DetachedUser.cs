using System.Security.Claims;

namespace Errand.Mcp;

/// <summary>The user of a call that runs without the request it came with. Only who it was is kept, not what it was allowed to do.</summary>
internal static class DetachedUser
{
    public static ClaimsPrincipal? Of(JobSpec spec) => spec.Owner is JobSpec.LocalOwner or Caller.Anonymous
        ? null
        : new(new ClaimsIdentity([new("sub", spec.Owner), new(ClaimTypes.NameIdentifier, spec.Owner)], "errand", ClaimTypes.NameIdentifier, null));
}
