#pragma once
/// What a person can tell the window to do. A click, a key and a script player's line all become one of these; nothing
/// else changes what is shown.

#include "sim/run/facts.hpp"

#include <cstdint>
#include <string>
#include <variant>

namespace tegami::model {

using run::FrameRef;
using run::NicId;
using run::NodeId;
using run::Time;

enum class Unit : std::uint8_t { packet, command, mail_event };
enum class PanelName : std::uint8_t { dialogue, ladder, packet, node, dns, mail, filter, statistics };
inline constexpr std::size_t panel_count = 8;
enum class Depth : std::uint8_t { plain, exam, rfc };
/// What the legend lights or dims, as a set of bits.
enum class Layer : std::uint8_t { mail = 1, dns = 2, tcp = 4, link = 8 };

// ---- where one is ----------------------------------------------------------------------------------------------------

struct OpenLesson {
    std::string name; ///< of a lesson, or a path
    std::string variant{};
};
struct BackToGallery {};
struct Quit {};

// ---- time ------------------------------------------------------------------------------------------------------------

struct PlayOrPause {};
struct Seek {
    Time to;
};
struct StepBy {
    int count = 1; ///< negative: back
};
struct StepUnit {
    Unit unit{};
};
/// To the next or previous step of the followed mail's journey.
struct StepJourney {
    int count = 1;
};
/// To the next or previous event of the followed mail, whatever the unit.
struct StepFollowed {
    int count = 1;
};
struct ToStart {};
struct ToEnd {};
/// One notch up or down.
struct ChangeSpeed {
    int notches = 0;
};
struct OpenFold {
    std::size_t fold = 0;
};
struct ToggleFolds {};
struct ToggleLinear {};
/// The loop's start, then its end, then none.
struct MarkLoop {};

// ---- what is looked at -----------------------------------------------------------------------------------------------

struct ChoosePanel {
    PanelName panel{};
};
struct ChooseFrame {
    FrameRef frame{};
};
/// Octets of the chosen frame; size 0: none.
struct ChooseOctets {
    std::size_t offset = 0, size = 0;
};
struct ChooseNode {
    NodeId node{};
};
/// Both ends of a cable.
struct ChooseLink {
    NicId nic{};
};
struct FollowMail {
    std::uint32_t number = 0; ///< as people count, from 1
};
struct FollowNext {
    int count = 1;
};
struct ChooseDepth {
    Depth depth{};
};
struct NextDepth {};
struct ToggleLayer {
    Layer layer{};
};
struct LightAll {};
struct ToggleWhy {};
struct Zoom {
    float factor = 1; ///< 0: fit
};
struct Pan {
    float x = 0, y = 0; ///< logical pixels
};

// ---- guesses ---------------------------------------------------------------------------------------------------------

struct ToggleGuess {};
struct Answer {
    std::size_t choice = 0;
};

// ---- the window ------------------------------------------------------------------------------------------------------

struct SwitchLanguage {};
struct SwitchTheme {};
struct ToggleProjector {};
struct ToggleMotion {};
struct ChangeScale {
    int notches = 0; ///< 0: as the window's width says
};
struct ToggleHelp {};
struct ToggleFullScreen {};
struct NextRegion {
    int count = 1;
};
struct CopyText {};
struct Close {}; ///< the sheet on top, or else back

using Command =
    std::variant<OpenLesson, BackToGallery, Quit, PlayOrPause, Seek, StepBy, StepUnit, StepJourney, StepFollowed,
                 ToStart, ToEnd, ChangeSpeed, OpenFold, ToggleFolds, ToggleLinear, MarkLoop, ChoosePanel, ChooseFrame,
                 ChooseOctets, ChooseNode, ChooseLink, FollowMail, FollowNext, ChooseDepth, NextDepth, ToggleLayer,
                 LightAll, ToggleWhy, Zoom, Pan, ToggleGuess, Answer, SwitchLanguage, SwitchTheme, ToggleProjector,
                 ToggleMotion, ChangeScale, ToggleHelp, ToggleFullScreen, NextRegion, CopyText, Close>;

} // namespace tegami::model
