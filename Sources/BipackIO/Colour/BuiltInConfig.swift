/// Bipack's own config as OCIO reads it.
///
/// Version 2.1, no files beside it, only builtins that OCIO 2.1 knows. The reference space is the
/// working space, linear Rec.709, so that everyday conversions are a curve and nothing else.
/// Matrices are Bradford-adapted where whites differ.
let builtInConfigText = #"""
  ocio_profile_version: 2.1

  environment: {}
  search_path: ""
  strictparsing: true
  family_separator: "/"
  luma: [0.2126, 0.7152, 0.0722]
  name: bipack
  description: |
    Bipack's own colour config, used when neither the document nor $OCIO names another.
    The working space is linear light with Rec.709 primaries. Names are those of the Academy Software
    Foundation's configs; Nuke's names are aliases. The cameras that are "curve only" keep Rec.709
    primaries, as Nuke's do.

  roles:
    aces_interchange: ACES2065-1
    cie_xyz_d65_interchange: CIE-XYZ-D65
    color_picking: sRGB - Texture
    color_timing: ACEScct
    compositing_linear: Linear Rec.709 (sRGB)
    compositing_log: Cineon
    data: Raw
    default: Linear Rec.709 (sRGB)
    matte_paint: sRGB - Texture
    reference: Linear Rec.709 (sRGB)
    rendering: Linear Rec.709 (sRGB)
    scene_linear: Linear Rec.709 (sRGB)
    texture_paint: sRGB - Texture

  file_rules:
    - !<Rule> {name: exr, extension: exr, pattern: "*", colorspace: scene_linear}
    - !<Rule> {name: sxr, extension: sxr, pattern: "*", colorspace: scene_linear}
    - !<Rule> {name: hdr, extension: hdr, pattern: "*", colorspace: scene_linear}
    - !<Rule> {name: rgbe, extension: rgbe, pattern: "*", colorspace: scene_linear}
    - !<Rule> {name: pfm, extension: pfm, pattern: "*", colorspace: scene_linear}
    - !<Rule> {name: dpx, extension: dpx, pattern: "*", colorspace: Cineon}
    - !<Rule> {name: cin, extension: cin, pattern: "*", colorspace: Cineon}
    - !<Rule> {name: png, extension: png, pattern: "*", colorspace: sRGB - Texture}
    - !<Rule> {name: jpg, extension: jpg, pattern: "*", colorspace: sRGB - Texture}
    - !<Rule> {name: jpeg, extension: jpeg, pattern: "*", colorspace: sRGB - Texture}
    - !<Rule> {name: jp2, extension: jp2, pattern: "*", colorspace: sRGB - Texture}
    - !<Rule> {name: j2k, extension: j2k, pattern: "*", colorspace: sRGB - Texture}
    - !<Rule> {name: tif, extension: tif, pattern: "*", colorspace: sRGB - Texture}
    - !<Rule> {name: tiff, extension: tiff, pattern: "*", colorspace: sRGB - Texture}
    - !<Rule> {name: tga, extension: tga, pattern: "*", colorspace: sRGB - Texture}
    - !<Rule> {name: webp, extension: webp, pattern: "*", colorspace: sRGB - Texture}
    - !<Rule> {name: gif, extension: gif, pattern: "*", colorspace: sRGB - Texture}
    - !<Rule> {name: bmp, extension: bmp, pattern: "*", colorspace: sRGB - Texture}
    - !<Rule> {name: psd, extension: psd, pattern: "*", colorspace: sRGB - Texture}
    - !<Rule> {name: heic, extension: heic, pattern: "*", colorspace: sRGB - Texture}
    - !<Rule> {name: avif, extension: avif, pattern: "*", colorspace: sRGB - Texture}
    - !<Rule> {name: ppm, extension: ppm, pattern: "*", colorspace: sRGB - Texture}
    - !<Rule> {name: pgm, extension: pgm, pattern: "*", colorspace: sRGB - Texture}
    - !<Rule> {name: sgi, extension: sgi, pattern: "*", colorspace: sRGB - Texture}
    - !<Rule> {name: ico, extension: ico, pattern: "*", colorspace: sRGB - Texture}
    - !<Rule> {name: Default, colorspace: default}

  shared_views:
    - !<View> {name: Raw, colorspace: Raw}
    - !<View>
      name: "Un-tone-mapped"
      view_transform: "Un-tone-mapped"
      display_colorspace: <USE_DISPLAY_NAME>
    - !<View>
      name: "ACES 1.0 - SDR Video"
      view_transform: "ACES 1.0 - SDR Video"
      display_colorspace: <USE_DISPLAY_NAME>
    - !<View>
      name: "ACES 1.0 - SDR Cinema"
      view_transform: "ACES 1.0 - SDR Cinema"
      display_colorspace: <USE_DISPLAY_NAME>
    - !<View>
      name: "ACES 1.1 - HDR Video (1000 nits & Rec.2020 lim)"
      view_transform: "ACES 1.1 - HDR Video (1000 nits & Rec.2020 lim)"
      display_colorspace: <USE_DISPLAY_NAME>
    - !<View>
      name: "ACES 1.1 - HDR Video (1000 nits & P3 lim)"
      view_transform: "ACES 1.1 - HDR Video (1000 nits & P3 lim)"
      display_colorspace: <USE_DISPLAY_NAME>

  displays:
    sRGB - Display:
      - !<Views> ["Un-tone-mapped", "ACES 1.0 - SDR Video", Raw]
    Display P3 - Display:
      - !<Views> ["Un-tone-mapped", "ACES 1.0 - SDR Video", Raw]
    Rec.1886 Rec.709 - Display:
      - !<Views> ["Un-tone-mapped", "ACES 1.0 - SDR Video", Raw]
    Rec.1886 Rec.2020 - Display:
      - !<Views> ["Un-tone-mapped", "ACES 1.0 - SDR Video", Raw]
    P3-D65 - Display:
      - !<Views> ["Un-tone-mapped", "ACES 1.0 - SDR Cinema", Raw]
    Rec.2100-PQ - Display:
      - !<Views> ["Un-tone-mapped", "ACES 1.1 - HDR Video (1000 nits & Rec.2020 lim)", Raw]
    Rec.2100-HLG - Display:
      - !<Views> ["Un-tone-mapped", "ACES 1.1 - HDR Video (1000 nits & Rec.2020 lim)", Raw]
    ST2084-P3-D65 - Display:
      - !<Views> ["Un-tone-mapped", "ACES 1.1 - HDR Video (1000 nits & P3 lim)", Raw]

  looks:
    - !<Look>
      name: ACES 1.3 Reference Gamut Compression
      process_space: ACES2065-1
      description: Brings what cameras see outside ACEScg's primaries inside them.
      transform: !<BuiltinTransform> {style: ACES-LMT - ACES 1.3 Reference Gamut Compression}

  default_view_transform: Un-tone-mapped

  view_transforms:
    - !<ViewTransform>
      name: Un-tone-mapped
      description: Linear Rec.709 to CIE XYZ, nothing else.
      from_scene_reference: !<MatrixTransform>
        matrix: [0.412390799265959, 0.357584339383878, 0.180480788401834, 0,
          0.21263900587151, 0.715168678767756, 0.0721923153607337, 0,
          0.0193308187155918, 0.119194779794626, 0.950532152249661, 0,
          0, 0, 0, 1]

    - !<ViewTransform>
      name: "ACES 1.0 - SDR Video"
      from_scene_reference: !<GroupTransform>
        children:
          - !<ColorSpaceTransform> {src: Linear Rec.709 (sRGB), dst: ACES2065-1}
          - !<BuiltinTransform>
            style: ACES-OUTPUT - ACES2065-1_to_CIE-XYZ-D65 - SDR-VIDEO_1.0

    - !<ViewTransform>
      name: "ACES 1.0 - SDR Cinema"
      from_scene_reference: !<GroupTransform>
        children:
          - !<ColorSpaceTransform> {src: Linear Rec.709 (sRGB), dst: ACES2065-1}
          - !<BuiltinTransform>
            style: ACES-OUTPUT - ACES2065-1_to_CIE-XYZ-D65 - SDR-CINEMA_1.0

    - !<ViewTransform>
      name: "ACES 1.1 - HDR Video (1000 nits & Rec.2020 lim)"
      from_scene_reference: !<GroupTransform>
        children:
          - !<ColorSpaceTransform> {src: Linear Rec.709 (sRGB), dst: ACES2065-1}
          - !<BuiltinTransform>
            style: ACES-OUTPUT - ACES2065-1_to_CIE-XYZ-D65 - HDR-VIDEO-1000nit-15nit-REC2020lim_1.1

    - !<ViewTransform>
      name: "ACES 1.1 - HDR Video (1000 nits & P3 lim)"
      from_scene_reference: !<GroupTransform>
        children:
          - !<ColorSpaceTransform> {src: Linear Rec.709 (sRGB), dst: ACES2065-1}
          - !<BuiltinTransform>
            style: ACES-OUTPUT - ACES2065-1_to_CIE-XYZ-D65 - HDR-VIDEO-1000nit-15nit-P3lim_1.1

  display_colorspaces:
    - !<ColorSpace>
      name: CIE-XYZ-D65
      aliases: [cie_xyz_d65]
      description: What view transforms produce and displays are fed from.

    - !<ColorSpace>
      name: sRGB - Display
      aliases: [srgb_display]
      family: Display
      description: "A computer monitor, sRGB curve."
      encoding: sdr-video
      from_display_reference: !<BuiltinTransform> {style: DISPLAY - CIE-XYZ-D65_to_sRGB}

    - !<ColorSpace>
      name: Display P3 - Display
      aliases: [displayp3_display]
      family: Display
      description: "Apple's wide-gamut monitors, sRGB curve."
      encoding: sdr-video
      from_display_reference: !<GroupTransform>
        children:
          - !<MatrixTransform>
            matrix: [2.49349691194143, -0.931383617919124, -0.402710784450717, 0,
              -0.829488969561575, 1.76266406031835, 0.0236246858419436, 0,
              0.0358458302437845, -0.0761723892680418, 0.956884524007687, 0,
              0, 0, 0, 1]
          - !<ExponentWithLinearTransform>
            gamma: 2.4
            offset: 0.055
            style: mirror
            direction: inverse

    - !<ColorSpace>
      name: Rec.1886 Rec.709 - Display
      aliases: [rec1886_rec709_display]
      family: Display
      description: "HD video, gamma 2.4."
      encoding: sdr-video
      from_display_reference: !<BuiltinTransform> {style: DISPLAY - CIE-XYZ-D65_to_REC.1886-REC.709}

    - !<ColorSpace>
      name: Rec.1886 Rec.2020 - Display
      aliases: [rec1886_rec2020_display]
      family: Display
      description: "UHD video, gamma 2.4."
      encoding: sdr-video
      from_display_reference: !<BuiltinTransform> {style: DISPLAY - CIE-XYZ-D65_to_REC.1886-REC.2020}

    - !<ColorSpace>
      name: P3-D65 - Display
      aliases: [p3d65_display]
      family: Display
      description: "Digital cinema with a D65 white, gamma 2.6."
      encoding: sdr-video
      from_display_reference: !<BuiltinTransform> {style: DISPLAY - CIE-XYZ-D65_to_G2.6-P3-D65}

    - !<ColorSpace>
      name: Rec.2100-PQ - Display
      aliases: [rec2100_pq_display]
      family: Display
      description: "HDR video, ST 2084."
      encoding: hdr-video
      from_display_reference: !<BuiltinTransform> {style: DISPLAY - CIE-XYZ-D65_to_REC.2100-PQ}

    - !<ColorSpace>
      name: Rec.2100-HLG - Display
      aliases: [rec2100_hlg_display]
      family: Display
      description: "HDR video, hybrid log-gamma, 1000 nits."
      encoding: hdr-video
      from_display_reference: !<BuiltinTransform>
        style: DISPLAY - CIE-XYZ-D65_to_REC.2100-HLG-1000nit

    - !<ColorSpace>
      name: ST2084-P3-D65 - Display
      aliases: [st2084_p3d65_display]
      family: Display
      description: "HDR monitors, ST 2084, P3 primaries."
      encoding: hdr-video
      from_display_reference: !<BuiltinTransform> {style: DISPLAY - CIE-XYZ-D65_to_ST2084-P3-D65}

  colorspaces:
    - !<ColorSpace>
      name: Linear Rec.709 (sRGB)
      aliases: [linear, lin_rec709_srgb, lin_rec709, lin_srgb, Utility - Linear - Rec.709]
      family: Linear
      encoding: scene-linear
      description: "Scene-linear light, Rec.709 primaries: the working space."

    - !<ColorSpace>
      name: ACES2065-1
      aliases: [aces2065_1, lin_ap0, ACES - ACES2065-1]
      family: ACES
      encoding: scene-linear
      description: "The Academy Color Encoding System, AP0 primaries."
      to_scene_reference: !<MatrixTransform>
        matrix: [2.52168618674388, -1.13413098823972, -0.387555198504164, 0,
          -0.276479914229922, 1.37271908766826, -0.096239173438334, 0,
          -0.0153780649660342, -0.152975335867399, 1.16835340083343, 0,
          0, 0, 0, 1]

    - !<ColorSpace>
      name: ACEScg
      aliases: [lin_ap1, ACES - ACEScg]
      family: ACES
      encoding: scene-linear
      description: "ACES's working space for computer graphics, AP1 primaries."
      to_scene_reference: !<GroupTransform>
        children:
          - !<BuiltinTransform> {style: ACEScg_to_ACES2065-1}
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: ACEScct
      aliases: [acescct_ap1, ACES - ACEScct]
      family: ACES
      encoding: log
      description: "Logarithm with a toe, AP1 primaries."
      to_scene_reference: !<GroupTransform>
        children:
          - !<BuiltinTransform> {style: ACEScct_to_ACES2065-1}
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: ACEScc
      aliases: [acescc_ap1, ACES - ACEScc]
      family: ACES
      encoding: log
      description: "Logarithm without a toe, AP1 primaries."
      to_scene_reference: !<GroupTransform>
        children:
          - !<BuiltinTransform> {style: ACEScc_to_ACES2065-1}
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: Linear P3-D65
      aliases: [lin_p3d65, lin_displayp3, Linear Display P3, Utility - Linear - P3-D65]
      family: Linear
      encoding: scene-linear
      description: "Scene-linear light, P3 primaries, D65 white."
      from_scene_reference: !<MatrixTransform>
        matrix: [0.822461968714362, 0.177538031285638, 0, 0,
          0.0331941988509617, 0.966805801149038, 0, 0,
          0.01708263072112, 0.0723974406639634, 0.910519928614917, 0,
          0, 0, 0, 1]

    - !<ColorSpace>
      name: Linear Rec.2020
      aliases: [lin_rec2020, Utility - Linear - Rec.2020]
      family: Linear
      encoding: scene-linear
      description: "Scene-linear light, Rec.2020 primaries."
      from_scene_reference: !<MatrixTransform>
        matrix: [0.627403895934699, 0.329283038377884, 0.0433130656874172, 0,
          0.069097289358232, 0.919540395075459, 0.0113623155663092, 0,
          0.0163914388751502, 0.0880133078772258, 0.895595253247624, 0,
          0, 0, 0, 1]

    - !<ColorSpace>
      name: sRGB - Texture
      aliases: [sRGB, srgb_tx, srgb_texture, Utility - sRGB - Texture]
      family: Texture
      encoding: sdr-video
      description: "Pictures for the screen: IEC 61966-2-1."
      from_scene_reference: !<ExponentWithLinearTransform>
        {gamma: 2.4, offset: 0.055, direction: inverse}

    - !<ColorSpace>
      name: Camera Rec.709
      aliases: [rec709, camera_rec709, rec709_camera, Utility - Rec.709 - Camera]
      family: Texture
      encoding: sdr-video
      description: "The camera curve of ITU-R BT.709."
      from_scene_reference: !<ExponentWithLinearTransform>
        {gamma: 2.22222222222222, offset: 0.099, direction: inverse}

    - !<ColorSpace>
      name: Gamma 1.8 Rec.709 - Texture
      aliases: [Gamma1.8, g18_rec709_tx, g18_rec709]
      family: Texture
      encoding: sdr-video
      description: "A pure power of 1.8."
      from_scene_reference: !<ExponentTransform>
        {value: 1.8, style: pass_thru, direction: inverse}

    - !<ColorSpace>
      name: Gamma 2.2 Rec.709 - Texture
      aliases: [Gamma2.2, g22_rec709_tx, g22_rec709]
      family: Texture
      encoding: sdr-video
      description: "A pure power of 2.2."
      from_scene_reference: !<ExponentTransform>
        {value: 2.2, style: pass_thru, direction: inverse}

    - !<ColorSpace>
      name: Gamma 2.4 Rec.709 - Texture
      aliases: [Gamma2.4, BT1886, g24_rec709_tx, g24_rec709, rec709_display]
      family: Texture
      encoding: sdr-video
      description: "A pure power of 2.4."
      from_scene_reference: !<ExponentTransform>
        {value: 2.4, style: pass_thru, direction: inverse}

    - !<ColorSpace>
      name: Gamma 2.6 Rec.709 - Texture
      aliases: [Gamma2.6]
      family: Texture
      encoding: sdr-video
      description: "A pure power of 2.6."
      from_scene_reference: !<ExponentTransform>
        {value: 2.6, style: pass_thru, direction: inverse}

    - !<ColorSpace>
      name: sRGB Encoded P3-D65 - Texture
      aliases: [srgb_encoded_p3d65_tx, srgb_p3d65, srgb_displayp3]
      family: Texture
      encoding: sdr-video
      description: "Pictures for P3 screens, sRGB curve."
      to_scene_reference: !<GroupTransform>
        children:
          - !<ExponentWithLinearTransform> {gamma: 2.4, offset: 0.055}
          - !<ColorSpaceTransform> {src: Linear P3-D65, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: Cineon
      aliases: [Kodak Cineon, log]
      family: Log
      encoding: log
      description: "Kodak's film log: white at 685, black at 95 of 1023."
      from_scene_reference: !<LogAffineTransform>
        base: 10
        log_side_slope: 0.293255131964809
        log_side_offset: 0.669599217986315
        lin_side_slope: 0.989202248376723
        lin_side_offset: 0.0107977516232771

    - !<ColorSpace>
      name: Panalog
      family: Log
      encoding: log
      description: "Panavision Genesis: white at 681, black at 64."
      from_scene_reference: !<LogAffineTransform>
        base: 10
        log_side_slope: 0.434017595307918
        log_side_offset: 0.665689149560117
        lin_side_slope: 0.959228155389619
        lin_side_offset: 0.0407718446103807

    - !<ColorSpace>
      name: REDLog
      family: Log
      encoding: log
      description: "RED One: white at 1023, black at 0."
      from_scene_reference: !<LogAffineTransform>
        base: 10
        log_side_slope: 0.499511241446725
        log_side_offset: 1
        lin_side_slope: 0.990044959004092
        lin_side_offset: 0.00995504099590834

    - !<ColorSpace>
      name: ViperLog
      family: Log
      encoding: log
      description: "Thomson Viper: a pure logarithm, white at 1023."
      from_scene_reference: !<LogAffineTransform>
        base: 10
        log_side_slope: 0.488758553274682
        log_side_offset: 1

    - !<ColorSpace>
      name: PLogLin
      family: Log
      encoding: log
      description: "Josh Pines' log: 0.18 at 445 of 1023."
      from_scene_reference: !<LogAffineTransform>
        base: 10
        log_side_slope: 0.293255131964809
        log_side_offset: 0.434995112414467
        lin_side_slope: 5.55555555555556

    - !<ColorSpace>
      name: AlexaV3LogC
      family: Log
      encoding: log
      description: "ARRI LogC3 at EI 800, curve only."
      from_scene_reference: !<LogCameraTransform>
        base: 10
        log_side_slope: 0.24719
        log_side_offset: 0.385537
        lin_side_slope: 5.555556
        lin_side_offset: 0.052272
        lin_side_break: 0.010591
        linear_slope: 5.367655

    - !<ColorSpace>
      name: SLog3
      family: Log
      encoding: log
      description: "Sony S-Log3, curve only."
      from_scene_reference: !<LogCameraTransform>
        base: 10
        log_side_slope: 0.255620723362659
        log_side_offset: 0.410557184750733
        lin_side_slope: 5.26315789473684
        lin_side_offset: 0.0526315789473684
        lin_side_break: 0.01125
        linear_slope: 6.62194371177582

    - !<ColorSpace>
      name: Log3G10
      family: Log
      encoding: log
      description: "RED Log3G10, curve only."
      from_scene_reference: !<LogCameraTransform>
        base: 10
        log_side_slope: 0.224282
        lin_side_slope: 155.975327
        lin_side_offset: 2.55975327
        lin_side_break: -0.01

    - !<ColorSpace>
      name: ARRI LogC3 (EI800)
      aliases: [arri_logc3_ei800, logc3ei800_alexawide,
        Input - ARRI - V3 LogC (EI800) - Wide Gamut]
      family: Camera/ARRI
      encoding: log
      description: "ALEXA to ALEXA Mini LF: LogC3 at EI 800, Wide Gamut 3."
      to_scene_reference: !<GroupTransform>
        children:
          - !<BuiltinTransform> {style: ARRI_ALEXA-LOGC-EI800-AWG_to_ACES2065-1}
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: Linear ARRI Wide Gamut 3
      aliases: [lin_arri_wide_gamut_3, lin_alexawide]
      family: Camera/ARRI
      encoding: scene-linear
      description: "Scene-linear light, ARRI Wide Gamut 3."
      to_scene_reference: !<GroupTransform>
        children:
          - !<MatrixTransform>
            matrix: [0.680205505106279, 0.236136601606481, 0.0836578932872398, 0,
              0.0854149797421404, 1.01747087860704, -0.102885858349182, 0,
              0.00205652166929683, -0.0625625003847921, 1.06050597871549, 0,
              0, 0, 0, 1]
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: ARRI LogC4
      aliases: [arri_logc4, LogC4]
      family: Camera/ARRI
      encoding: log
      description: "ALEXA 35 and later: LogC4, Wide Gamut 4."
      to_scene_reference: !<GroupTransform>
        children:
          - !<LogCameraTransform>
            log_side_slope: 0.0647954196341293
            log_side_offset: -0.295908392682586
            lin_side_slope: 2231.82630906769
            lin_side_offset: 64
            lin_side_break: -0.0180569961199113
            direction: inverse
          - !<MatrixTransform>
            matrix: [0.750957362824734, 0.144422786709757, 0.104619850465509, 0,
              0.000821837079380207, 1.007397584885, -0.00821942196438358, 0,
              -0.000499952143533471, -0.000854177231436971, 1.00135412937497, 0,
              0, 0, 0, 1]
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: Linear ARRI Wide Gamut 4
      aliases: [lin_arri_wide_gamut_4, lin_awg4]
      family: Camera/ARRI
      encoding: scene-linear
      description: "Scene-linear light, ARRI Wide Gamut 4."
      to_scene_reference: !<GroupTransform>
        children:
          - !<MatrixTransform>
            matrix: [0.750957362824734, 0.144422786709757, 0.104619850465509, 0,
              0.000821837079380207, 1.007397584885, -0.00821942196438358, 0,
              -0.000499952143533471, -0.000854177231436971, 1.00135412937497, 0,
              0, 0, 0, 1]
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: BMDFilm WideGamut Gen5
      aliases: [bmdfilm_widegamut_gen5]
      family: Camera/Blackmagic
      encoding: log
      description: "Blackmagic Film Generation 5, Wide Gamut Gen 5."
      to_scene_reference: !<GroupTransform>
        children:
          - !<LogCameraTransform>
            base: 2.71828182845905
            log_side_slope: 0.0869287606549122
            log_side_offset: 0.530013339229194
            lin_side_offset: 0.00549407243225781
            lin_side_break: 0.005
            direction: inverse
          - !<MatrixTransform>
            matrix: [0.647091325580708, 0.242595385134207, 0.110313289285085, 0,
              0.0651915997328519, 1.02504756760476, -0.0902391673376125, 0,
              -0.0275570729194699, -0.0805887097177784, 1.10814578263725, 0,
              0, 0, 0, 1]
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: DaVinci Intermediate WideGamut
      aliases: [davinci_intermediate_widegamut]
      family: Camera/Blackmagic
      encoding: log
      description: "DaVinci Resolve's working space."
      to_scene_reference: !<GroupTransform>
        children:
          - !<LogCameraTransform>
            log_side_slope: 0.07329248
            log_side_offset: 0.51304736
            lin_side_offset: 0.0075
            lin_side_break: 0.00262409
            linear_slope: 10.44426855
            direction: inverse
          - !<MatrixTransform>
            matrix: [0.748270290272981, 0.167694659554328, 0.0840350501726906, 0,
              0.0208421234689102, 1.11190474268894, -0.132746866157851, 0,
              -0.0915122574225729, -0.127746712807307, 1.21925897022988, 0,
              0, 0, 0, 1]
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: Linear DaVinci WideGamut
      aliases: [lin_davinci_widegamut]
      family: Camera/Blackmagic
      encoding: scene-linear
      description: "Scene-linear light, DaVinci Wide Gamut."
      to_scene_reference: !<GroupTransform>
        children:
          - !<MatrixTransform>
            matrix: [0.748270290272981, 0.167694659554328, 0.0840350501726906, 0,
              0.0208421234689102, 1.11190474268894, -0.132746866157851, 0,
              -0.0915122574225729, -0.127746712807307, 1.21925897022988, 0,
              0, 0, 0, 1]
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: CanonLog2 CinemaGamut D55
      aliases: [canonlog2_cinemagamut_d55, canonlog2_cgamutday]
      family: Camera/Canon
      encoding: log
      description: "Canon Log 2, Cinema Gamut, daylight."
      to_scene_reference: !<GroupTransform>
        children:
          - !<BuiltinTransform> {style: CANON_CLOG2-CGAMUT_to_ACES2065-1}
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: CanonLog3 CinemaGamut D55
      aliases: [canonlog3_cinemagamut_d55, canonlog3_cgamutday]
      family: Camera/Canon
      encoding: log
      description: "Canon Log 3, Cinema Gamut, daylight."
      to_scene_reference: !<GroupTransform>
        children:
          - !<BuiltinTransform> {style: CANON_CLOG3-CGAMUT_to_ACES2065-1}
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: V-Log V-Gamut
      aliases: [vlog_vgamut, Input - Panasonic - V-Log - V-Gamut]
      family: Camera/Panasonic
      encoding: log
      description: "Panasonic V-Log, V-Gamut."
      to_scene_reference: !<GroupTransform>
        children:
          - !<BuiltinTransform> {style: PANASONIC_VLOG-VGAMUT_to_ACES2065-1}
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: Log3G10 REDWideGamutRGB
      aliases: [log3g10_redwidegamutrgb, rl3g10_rwg]
      family: Camera/RED
      encoding: log
      description: "RED Log3G10, REDWideGamutRGB."
      to_scene_reference: !<GroupTransform>
        children:
          - !<BuiltinTransform> {style: RED_LOG3G10-RWG_to_ACES2065-1}
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: Linear REDWideGamutRGB
      aliases: [lin_redwidegamutrgb, lin_rwg]
      family: Camera/RED
      encoding: scene-linear
      description: "Scene-linear light, REDWideGamutRGB."
      to_scene_reference: !<GroupTransform>
        children:
          - !<MatrixTransform>
            matrix: [0.785058804068092, 0.0838587565440846, 0.131082439387823, 0,
              0.0231738348454756, 1.08789754919233, -0.111071384037806, 0,
              -0.0737604353682082, -0.314590072290208, 1.38835050765842, 0,
              0, 0, 0, 1]
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: S-Log3 S-Gamut3
      aliases: [slog3_sgamut3, Input - Sony - S-Log3 - S-Gamut3]
      family: Camera/Sony
      encoding: log
      description: "Sony S-Log3, S-Gamut3."
      to_scene_reference: !<GroupTransform>
        children:
          - !<BuiltinTransform> {style: SONY_SLOG3-SGAMUT3_to_ACES2065-1}
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: S-Log3 S-Gamut3.Cine
      aliases: [slog3_sgamut3cine, slog3_sgamutcine, Input - Sony - S-Log3 - S-Gamut3.Cine]
      family: Camera/Sony
      encoding: log
      description: "Sony S-Log3, S-Gamut3.Cine."
      to_scene_reference: !<GroupTransform>
        children:
          - !<BuiltinTransform> {style: SONY_SLOG3-SGAMUT3.CINE_to_ACES2065-1}
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: S-Log3 Venice S-Gamut3
      aliases: [slog3_venice_sgamut3]
      family: Camera/Sony
      encoding: log
      description: "Sony VENICE: S-Log3, S-Gamut3."
      to_scene_reference: !<GroupTransform>
        children:
          - !<BuiltinTransform> {style: SONY_SLOG3-SGAMUT3-VENICE_to_ACES2065-1}
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: S-Log3 Venice S-Gamut3.Cine
      aliases: [slog3_venice_sgamut3cine]
      family: Camera/Sony
      encoding: log
      description: "Sony VENICE: S-Log3, S-Gamut3.Cine."
      to_scene_reference: !<GroupTransform>
        children:
          - !<BuiltinTransform> {style: SONY_SLOG3-SGAMUT3.CINE-VENICE_to_ACES2065-1}
          - !<ColorSpaceTransform> {src: ACES2065-1, dst: Linear Rec.709 (sRGB)}

    - !<ColorSpace>
      name: Raw
      aliases: [Utility - Raw]
      family: Data
      isdata: true
      description: "Numbers that are not colour; never converted."
  """#
