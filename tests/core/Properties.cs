using FsCheck;

namespace Errand.Tests;

/// <summary>Checks properties over generated inputs. A failure shows the smallest input it was found for, and the seed to replay it with.</summary>
internal static class Properties
{
    public static void Hold(Property property, int tries = 200) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(tries).WithQuietOnSuccess(true), property);
}
